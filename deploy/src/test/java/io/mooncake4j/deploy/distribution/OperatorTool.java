package io.mooncake4j.deploy.distribution;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of operators that checks files of ours. */
final class OperatorTool {
    private static final long MAX_SECONDS = 50;

    private final Path program;

    private OperatorTool(Path program) {
        this.program = program;
    }

    /** What ran: its exit code, and what it printed to both outputs. */
    record Result(int exitCode, String output) {}

    /**
     * The one on the PATH. Without it the test is skipped, but fails where the environment says {@code CI}: nobody reads
     * there what was skipped.
     *
     * @param debianPackage that has it
     */
    static OperatorTool onPath(String name, String debianPackage) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(OperatorTool::new)
                .orElseGet(() -> missing("no " + name + " on the PATH: apt-get install " + debianPackage));
    }

    /** Skips the test, or fails it where nobody would read that it was skipped. */
    static <T> T missing(String what) {
        return System.getenv("CI") == null ? abort(what) : fail(what);
    }

    static OperatorTool at(Path program) {
        return new OperatorTool(program);
    }

    Result run(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                fail("still runs: " + command);
            }
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output));
    }
}
