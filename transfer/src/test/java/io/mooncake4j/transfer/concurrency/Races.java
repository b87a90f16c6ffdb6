package io.mooncake4j.transfer.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the scenarios of a module, which are its {@code @JCStressTest}s, in a JVM of their own. */
public final class Races {
    /** All, in two halves: most of the time goes into the start of JVMs, which leaves a core idle. */
    private static final String[] ALL = {"Races\\.[A-E]", "Races\\.[^A-E]"};

    private Races() {}

    /**
     * Runs every scenario in a class named {@code …Races}, or those that {@code -Draces=REGEX} names, each for
     * {@code -Draces.millis=N} in each kind of JVM.
     *
     * @throws AssertionError naming the scenarios where something forbidden was seen, with all that was seen
     */
    public static void run() {
        String named = System.getProperty("races");
        run(named == null ? ALL : new String[] {named});
    }

    /** Runs the parts beside each other. */
    static void run(String... parts) {
        List<Run> runs = new ArrayList<>();
        try {
            for (String scenarios : parts) {
                runs.add(Run.start(scenarios));
            }
            runs.forEach(Run::check);
        } finally {
            runs.forEach(Run::end);
        }
    }

    private record Run(String scenarios, Path output, Process process) {
        static Run start(String scenarios) {
            Path directory = Path.of("target", "races", scenarios.replaceAll("[^\\w^-]", ""));
            Path output = directory.resolve("output.txt");
            try {
                Files.createDirectories(directory);
                Process process = new ProcessBuilder(command(scenarios))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                return new Run(scenarios, output, process);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void check() {
            String seen = seen();
            assertThat(seen)
                    .as("the run of %s, which is in %s", scenarios, output.toAbsolutePath())
                    .contains("RUN RESULTS:");
            String wrong = seen.substring(seen.indexOf("RUN RESULTS:"), seen.indexOf("All remaining tests:"));
            assertThat(wrong.contains("Failed tests: No matches") && wrong.contains("Error tests: No matches"))
                    .as("something forbidden was seen: %s", wrong)
                    .isTrue();
            assertThat(seen).as("scenarios named %s", scenarios).containsPattern("All remaining tests: [1-9]");
        }

        private String seen() {
            try {
                process.waitFor();
                return Files.readString(output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void end() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static List<String> command(String scenarios) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-t",
                scenarios,
                // what both threads share is large, so that making it anew takes longer than to bring them together
                "-strideSize",
                "1",
                "-strideCount",
                "40",
                "-sc",
                "false",
                // most of the time goes into the start of JVMs, one for each scenario and kind of lock
                "-jvmArgs",
                "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "-hs",
                "256",
                "-pth",
                "false",
                "-f",
                "1",
                "-fsm",
                "1",
                "-iters",
                "1",
                "-time",
                System.getProperty("races.millis", "200"),
                "-r",
                "results");
    }
}
