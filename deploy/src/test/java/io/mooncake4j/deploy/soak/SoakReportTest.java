package io.mooncake4j.deploy.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.replay.ReplayTally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoakReportTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final SoakReport report = new SoakReport();

    private String print(Inspection... inspections) {
        ReplayTally tally = new ReplayTally();
        report.print(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                Duration.ofSeconds(7),
                tally,
                Counts.NONE,
                new CalmTimes(tally),
                List.of(inspections),
                new Footprint(1, 1, 1, 1, 1));
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellAllTheRestWhenProcessIsGone() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Inspection master = new Inspection("master", gone.pid());
        Inspection client = new Inspection("client", ProcessHandle.current().pid());
        client.begin();
        report.happened(Fault.MASTER_KILLED);

        master.end();
        client.end();

        String problem = "process " + gone.pid() + " can't be looked into";
        assertThat(print(master, client))
                .startsWith("Ran 7 s, faults: {MASTER_KILLED=1}")
                .contains("| master | " + problem)
                .contains("| client | ")
                .contains("NOT WELL")
                .contains("master: " + problem);
        assertThat(report.isWell()).isFalse();
    }
}
