package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Java process of a test: takes signals, and what it prints goes to a file. Killed when it is closed. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static ChildProcess start(String name, Path directory, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Path log = Files.createTempFile(directory, name + "-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new ChildProcess(name, log, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a line that starts with a word and returns what follows it. */
    public String awaitLine(String word) {
        return await(name + " says " + word)
                .atMost(START)
                .until(
                        () -> {
                            Optional<String> found = printed()
                                    .lines()
                                    .filter(line -> line.startsWith(word + " "))
                                    .findFirst();
                            assertThat(found.isPresent() || process.isAlive())
                                    .as(name + " lives")
                                    .isTrue();
                            return found;
                        },
                        Optional::isPresent)
                .map(line -> line.substring(word.length() + 1))
                .orElseThrow();
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
        await(name + " is frozen").atMost(Duration.ofSeconds(20)).until(this::isFrozen);
    }

    private boolean isFrozen() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') { // proc(5): the state follows the name
                    return false;
                }
            }
            return true;
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
            assertThat(kill.waitFor()).as("kill -" + signal + " " + name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for its end, which comes by itself. */
    public void awaitEnd() {
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as(name + " has ended")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String printed() {
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
