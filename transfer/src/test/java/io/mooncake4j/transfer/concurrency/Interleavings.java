package io.mooncake4j.transfer.concurrency;

import org.jetbrains.lincheck.Lincheck;

/** Runs scenarios of a few threads in many orders, {@code -Dinterleavings=N} of them. */
public final class Interleavings {
    private static final int INVOCATIONS = Integer.getInteger("interleavings", 200);

    private Interleavings() {}

    /**
     * Runs a scenario again and again, each time in another order of its threads' steps.
     *
     * @param scenario makes all that it shares anew, and throws if something is wrong; loops of more than some ten rounds
     *     pass for endless
     * @throws org.jetbrains.lincheck.LincheckAssertionError with the order in which it went wrong
     */
    public static void explore(Runnable scenario) {
        Lincheck.runConcurrentTest(INVOCATIONS, scenario);
    }

    /** Runs parts of a scenario at the same time, each on a thread of its own, and waits for all; throws what one threw. */
    public static void together(Runnable... parts) {
        Thread[] threads = new Thread[parts.length];
        Throwable[] thrown = new Throwable[parts.length];
        for (int i = 0; i < parts.length; i++) {
            int index = i;
            threads[i] = new Thread(() -> {
                try {
                    parts[index].run();
                } catch (Throwable e) { // a thread's own end would be seen by nobody
                    thrown[index] = e;
                }
            });
            threads[i].start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (Throwable each : thrown) {
            if (each != null) {
                throw new AssertionError(each.toString(), each);
            }
        }
    }

    /** A check without the many steps of an assertion library, each of which would be explored. */
    public static void check(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }
}
