package io.mooncake4j.deploy.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A terminal that shows one picture after the other in place, by the control sequences that every terminal knows. Nothing
 * is left behind when it is closed, but the last picture. For one thread, but for closing.
 */
final class Screen implements AutoCloseable {
    private static final String ESC = "\u001b[";
    private static final String HIDE_CURSOR = ESC + "?25l";
    private static final String SHOW_CURSOR = ESC + "?25h";
    private static final String HOME = ESC + "H";
    private static final String CLEAR = ESC + "2J";
    private static final String CLEAR_REST_OF_LINE = ESC + "K";
    private static final String CLEAR_BELOW = ESC + "J";

    /** Rows and columns. */
    record Size(int rows, int columns) {
        private static final Size USUAL = new Size(24, 80);

        /** The terminal's now, as stty knows it. */
        static Size now() {
            try {
                Process stty = new ProcessBuilder("stty", "size")
                        .redirectInput(new File("/dev/tty"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                String[] numbers = text.strip().split(" ");
                if (!stty.waitFor(1, TimeUnit.SECONDS) || numbers.length != 2) {
                    return USUAL;
                }
                Size size = new Size(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
                return size.rows > 0 && size.columns > 0 ? size : USUAL;
            } catch (IOException | NumberFormatException e) {
                return USUAL;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return USUAL;
            }
        }
    }

    private final PrintStream out;
    private boolean closed;

    Screen(PrintStream out) {
        this.out = out;
        print(HIDE_CURSOR + CLEAR);
    }

    /** Shows these lines, cut to the terminal's size; what doesn't fit is counted in the last row. */
    void show(List<String> lines, Size size) {
        StringBuilder picture = new StringBuilder(HOME);
        int rows = lines.size() < size.rows ? lines.size() : size.rows - 1;
        for (int i = 0; i < rows; i++) {
            String line = i == rows - 1 && rows < lines.size()
                    ? "... and " + (lines.size() - i) + " lines more"
                    : lines.get(i);
            picture.append(
                            line,
                            0,
                            line.offsetByCodePoints(0, Math.min(size.columns, line.codePointCount(0, line.length()))))
                    .append(CLEAR_REST_OF_LINE)
                    .append(System.lineSeparator());
        }
        print(picture.append(CLEAR_BELOW).toString());
    }

    private synchronized void print(String text) {
        if (!closed) {
            out.print(text);
            out.flush();
        }
    }

    /** Gives the cursor back. Any thread; further calls do nothing. */
    @Override
    public synchronized void close() {
        print(SHOW_CURSOR);
        closed = true;
    }
}
