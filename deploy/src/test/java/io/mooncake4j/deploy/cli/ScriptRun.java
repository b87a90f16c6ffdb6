package io.mooncake4j.deploy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** One of the module's scripts in a process of its own, with both outputs in one file. */
public final class ScriptRun implements AutoCloseable {
    private final Process process;
    private final Path output;

    private ScriptRun(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param script below the module's directory */
    public static ScriptRun start(Path directory, Map<String, String> environment, String script, String... arguments)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of(Path.of(script).toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("M"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment().putAll(environment);
        return new ScriptRun(builder.start(), output);
    }

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a line that starts like that and returns its rest. */
    public String awaitLine(String start) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || output().lines().anyMatch(line -> line.startsWith(start)));
        return output().lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .map(line -> line.substring(start.length()))
                .orElseThrow(() -> new AssertionError("ended without '" + start + "': " + output()));
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    public int exitCode() throws InterruptedException {
        if (!process.waitFor(240, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs: " + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
