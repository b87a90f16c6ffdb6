package io.mooncake4j.transfer.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the scenarios of a module, which are its {@code @JCStressTest}s, in a JVM of their own. */
public final class Races {
    private static final String ALL = "Races\\.";

    private Races() {}

    /**
     * Runs every scenario in a class named {@code …Races}, or those that {@code -Draces=REGEX} names, each for
     * {@code -Draces.millis=N} in each kind of JVM.
     *
     * @throws AssertionError naming the scenarios where something forbidden was seen, with all that was seen
     */
    public static void run() {
        run(System.getProperty("races", ALL));
    }

    static void run(String scenarios) {
        Path directory = Path.of("target", "races", scenarios.replaceAll("\\W", ""));
        String output = output(directory, scenarios);
        int from = output.indexOf("RUN RESULTS:");
        int to = output.indexOf("All remaining tests:");
        assertThat(output)
                .as("the run of %s, which is in %s", scenarios, directory.toAbsolutePath())
                .contains("RUN RESULTS:");
        String wrong = output.substring(from, to);
        assertThat(wrong.contains("Failed tests: No matches") && wrong.contains("Error tests: No matches"))
                .as("something forbidden was seen: %s", wrong)
                .isTrue();
        assertThat(output).as("scenarios named %s", scenarios).containsPattern("All remaining tests: [1-9]");
    }

    private static String output(Path directory, String scenarios) {
        try {
            Files.createDirectories(directory);
            Path output = directory.resolve("output.txt");
            Process run = new ProcessBuilder(command(scenarios))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                run.waitFor();
            } finally {
                run.descendants().forEach(ProcessHandle::destroyForcibly);
                run.destroyForcibly();
            }
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
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
                System.getProperty("races.millis", "300"),
                "-r",
                "results");
    }
}
