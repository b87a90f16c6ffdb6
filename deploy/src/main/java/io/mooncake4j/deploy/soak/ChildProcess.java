package io.mooncake4j.deploy.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A Java process that takes signals, and whose output goes to a file. Killed when it is closed. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(180);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final long LOOK_EVERY_MILLIS = 20;

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts this process's own Java.
     *
     * @param directory where its output goes
     * @param environment beside this process's own
     */
    public static ChildProcess start(
            String name,
            Path directory,
            Map<String, String> environment,
            List<String> jvmFlags,
            String classPath,
            String mainClass,
            List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return start(name, directory, environment, command);
    }

    /** Starts any program that is replaced by Java, such as the launcher. */
    public static ChildProcess start(
            String name, Path directory, Map<String, String> environment, List<String> command) {
        try {
            Path log = Files.createTempFile(directory, name + "-", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return new ChildProcess(name, log, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Waits for a line that starts with a word and returns what follows it.
     *
     * @throws IllegalStateException with all that it printed, if it ended or some minutes passed
     */
    public String awaitLine(String word) {
        await(START, "says " + word, () -> firstLine(word).isPresent() || !process.isAlive());
        return firstLine(word).orElseThrow(() -> new IllegalStateException("it has ended: " + this));
    }

    private Optional<String> firstLine(String word) {
        return printed()
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .findFirst();
    }

    /** What follows the word in the last line that starts with it; empty: there is none. */
    public String lastLine(String word) {
        return printed()
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .reduce("", (before, line) -> line.substring(word.length() + 1));
    }

    /** Sends a line to its standard input, which a stopped process finds there later. */
    public void say(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGSTOP, and waits until each of its threads has stopped where it was. */
    public void freeze() {
        signal("STOP");
        await(STOP, "is frozen", this::isFrozen);
    }

    private boolean isFrozen() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') { // proc(5): the state follows the name
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGCONT. */
    public void thaw() {
        signal("CONT");
    }

    /** SIGTERM, and waits for its end. */
    public void terminate() {
        signal("TERM");
        awaitEnd();
    }

    /** SIGKILL, and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("can't send " + signal + " to " + this);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for its end, which comes by itself. */
    public void awaitEnd() {
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("it doesn't end: " + this);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void await(Duration atMost, String what, BooleanSupplier condition) {
        long endNanos = System.nanoTime() + atMost.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - endNanos > 0) {
                    throw new IllegalStateException("not within " + atMost.toSeconds() + " s: " + what + ": " + this);
                }
                Thread.sleep(LOOK_EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }

    /** All that it printed so far. */
    public String printed() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name + " (" + process.pid() + "), " + (process.isAlive() ? "alive" : "ended") + ":\n" + printed();
    }

    @Override
    public void close() {
        kill();
    }
}
