package io.mooncake4j.deploy.cli;

/** While open, SIGTERM and Ctrl-C end the process with 0 after a last action: for commands that run until then. */
final class EndOnSignal implements AutoCloseable {
    private final Thread hook;

    private EndOnSignal(Runnable last) {
        hook = new Thread(
                () -> {
                    last.run();
                    Runtime.getRuntime().halt(ExitCode.DONE);
                },
                "end");
    }

    static EndOnSignal begin(Runnable last) {
        EndOnSignal end = new EndOnSignal(last);
        Runtime.getRuntime().addShutdownHook(end.hook);
        return end;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it runs already
        }
    }
}
