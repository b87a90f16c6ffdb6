package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.SteppedClock;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.inspect.Inspector;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingSource;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody sets the clock of every machine while the store works: promises are counted on the monotonic clock. */
class SteppedClockIT {
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration GRANT = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PROGRESS = Duration.ofSeconds(40);
    private static final int BYTES = 10_000;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    @Test
    void shouldKeepEveryPromiseWhenTheWallClockIsSteppedByAnHour() throws IOException {
        SteppedClock clock = cluster.steppedClock();
        List<ChildProcess> all = new ArrayList<>(cluster.startAsProcesses(ClusterPlan.DEFAULT
                .withNodes(2, 16 << 20, 2 << 20)
                .withLease(LEASE)
                .withGrant(GRANT, Duration.ofSeconds(2), Duration.ofSeconds(10))));
        ChildProcess writer = cluster.writerProcess("granted before", BYTES, "half");
        writer.awaitLine("half");
        ChildProcess load = cluster.loadProcess();
        load.awaitLine("progress");
        all.addAll(List.of(load, writer));
        for (ChildProcess process : all) {
            assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/maps")))
                    .as("what %s runs with", process.name())
                    .contains("libfaketime");
        }
        MooncakeClient client = cluster.client(true);
        client.put("read before", VersionedValue.of("read before", 1, BYTES));
        List<UUID> segments = segments(client);

        try (Inspector inspector = new Inspector(Settings.resolve(ClientSettings.ALL, List.of(this::given)))) {
            for (Duration offset : List.of(HOUR, Duration.ZERO, HOUR.negated(), Duration.ZERO)) {
                assertThat(client.get("read before")).contains(VersionedValue.of("read before", 1, BYTES));
                clock.setAheadBy(offset);
                assertThat(inspector
                                .describe(List.of("read before"))
                                .get(0)
                                .orElseThrow()
                                .leaseLeft())
                        .as("of the read lease, after the step to %s", offset)
                        .isBetween(LEASE.dividedBy(5), LEASE.multipliedBy(2));
                awaitStep(load, offset);
                awaitProgress(load);
            }
        }

        writer.say("");
        assertThat(writer.awaitLine("wrote")).contains("OK");
        assertThat(writer.awaitLine("ended")).isEqualTo("OK");
        assertThat(client.get("granted before")).contains(VersionedValue.of("granted before", 1, BYTES));
        load.say("");
        load.awaitLine("right");
        ClusterStatus status = client.clusterStatus();
        assertThat(status.grantsLapsed()).isZero();
        assertThat(status.sessionsCut()).isZero();
        assertThat(segments(client)).as("segments, none of which was silent").isEqualTo(segments);
    }

    private Optional<SettingSource.Given> given(Setting<?> setting) {
        return setting == ClientSettings.MASTER
                ? Optional.of(new SettingSource.Given(cluster.masters(), "test"))
                : Optional.empty();
    }

    private static List<UUID> segments(MooncakeClient client) {
        return client.clusterStatus().segments().stream()
                .filter(segment -> segment.state() == ClusterStatus.State.OK)
                .map(ClusterStatus.Segment::id)
                .sorted()
                .toList();
    }

    /** Until the process's clock shows that it was stepped. */
    private static void awaitStep(ChildProcess load, Duration offset) {
        await().atMost(PROGRESS).until(() -> {
            long ahead = Long.parseLong(load.lastLine("wall")) - System.currentTimeMillis();
            return Math.abs(ahead - offset.toMillis()) < Duration.ofMinutes(1).toMillis();
        });
    }

    private static void awaitProgress(ChildProcess load) {
        String[] before = load.lastLine("progress").split(" ");
        await().atMost(PROGRESS).until(() -> {
            String[] now = load.lastLine("progress").split(" ");
            return Long.parseLong(now[0]) > Long.parseLong(before[0]) + 100
                    && Long.parseLong(now[1]) > Long.parseLong(before[1]) + 100;
        });
    }
}
