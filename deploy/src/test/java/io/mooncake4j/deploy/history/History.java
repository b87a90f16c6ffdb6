package io.mooncake4j.deploy.history;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Takes down every call of a load as it ends, in a file that another process reads. Safe for all threads. */
public final class History implements Closeable {
    private final Writer out;

    private History(Writer out) {
        this.out = out;
    }

    public static History to(Path file) throws IOException {
        return new History(new BufferedWriter(Files.newBufferedWriter(file), 1 << 16));
    }

    /** Of a load that nobody looks into. */
    public static History none() {
        return new History(Writer.nullWriter());
    }

    public void add(Operation operation) {
        String line = operation.line() + '\n';
        synchronized (out) {
            try {
                out.write(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** All that was added is in the file. */
    public void flush() {
        synchronized (out) {
            try {
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (out) {
            out.close();
        }
    }

    /** Of a file that is flushed and not written to meanwhile. */
    public static List<Operation> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(Operation::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
