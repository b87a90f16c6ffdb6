package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A {@link LoadMain} that runs. */
final class Load implements AutoCloseable {
    private final Process process;
    private final Path log;

    private Load(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Waits until it has put and got. */
    static Load start(RunningChart chart, String masters) throws IOException {
        Path log = Files.createTempFile(chart.directory(), "load-", ".log");
        Load load = new Load(
                chart.program(LoadMain.class, masters)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
        await("the load goes")
                .atMost(Duration.ofSeconds(30))
                .until(() -> load.printed().contains("progress"));
        return load;
    }

    String printed() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets it go on for so long. */
    void goOn(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        await("time to pass")
                .atMost(time.plusSeconds(10))
                .failFast(() -> assertThat(process.isAlive()).as(printed()).isTrue())
                .until(() -> System.nanoTime() - endNanos >= 0);
    }

    /** Ends it; checks that no call failed and no value was wrong or is lost, and returns what it says of misses. */
    int endUnharmed() throws IOException, InterruptedException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(printed()).isTrue();
        String said = printed()
                .lines()
                .filter(line -> line.startsWith("puts "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(printed()));
        System.out.println(said);
        assertThat(printed().lines()).as("calls that failed").noneMatch(line -> line.startsWith("failed"));
        assertThat(said).endsWith(" lost 0");
        String[] words = said.split(" ");
        assertThat(Integer.parseInt(words[1])).as(said).isPositive();
        return Integer.parseInt(words[5]);
    }

    /** What its client measured, once it has ended, as Prometheus reads it. */
    String metrics() {
        return printed()
                .lines()
                .filter(line -> line.startsWith(LoadMain.METRIC))
                .map(line -> line.substring(LoadMain.METRIC.length()))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
