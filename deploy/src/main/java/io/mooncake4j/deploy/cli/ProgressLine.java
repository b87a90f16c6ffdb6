package io.mooncake4j.deploy.cli;

/** One line that is written over and over while long work runs; nothing unless a terminal shows it. */
final class ProgressLine implements AutoCloseable {
    private static final int WIDTH = 100;

    private final Console console;

    ProgressLine(Console console) {
        this.console = console;
    }

    void show(String text) {
        if (console.terminal()) {
            String line = text.length() > WIDTH ? text.substring(0, WIDTH) : text;
            console.err().print("\r" + line + " ".repeat(WIDTH - line.length()));
            console.err().flush();
        }
    }

    /** Clears the line. */
    @Override
    public void close() {
        if (console.terminal()) {
            console.err().print("\r" + " ".repeat(WIDTH) + "\r");
            console.err().flush();
        }
    }
}
