package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.master.etcd.AnyEtcd;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code stat} says of a store whose etcd is in trouble. */
class EtcdInTroubleTest {
    /** Any etcd has more in use. */
    private static final long QUOTA = 4096;

    private static CapturedRun run(MasterServer master, String... arguments) {
        return CapturedRun.of(Map.of("MOONCAKE_MASTER", "127.0.0.1:" + master.port()), new byte[0], arguments);
    }

    @Test
    void shouldSayThatPutsAreRefusedAndWhatToDoWhenEtcdIsNearlyFull() {
        try (AnyEtcd etcd = AnyEtcd.open();
                MasterServer master = MasterServer.start(MasterOptions.defaults()
                        .withAddress("127.0.0.1", 0)
                        .withTimes(MasterTimes.defaults().withReadLease(Duration.ofMillis(200)))
                        .withCluster(new ClusterOptions(
                                etcd.options().prefix("/in-trouble/").build(),
                                "127.0.0.1:0",
                                Duration.ofSeconds(20), // nobody waits for its end
                                true,
                                QUOTA,
                                new byte[0])))) {
            await().until(master::serves);
            await().untilAsserted(() -> assertThat(run(master, "stat").out())
                    .containsPattern("(?m)^journal +in etcd, \\d+ of \\d+ records durable, lag ")
                    .containsPattern("(?m)^etcd +\\S+ \\S+ in use, file \\S+ \\S+, quota 4")
                    .containsPattern(
                            "(?m)^puts +refused: \\d+ bytes of etcd's database are in use, and its quota is 4096")
                    .containsPattern("(?m)^to do +puts are refused, .* --quota-backend-bytes .* --etcd-quota"));

            Map<String, Object> journal = CapturedRun.object(
                    run(master, "stat", "--json").json().get(0).get("journal"));
            assertThat(journal).containsEntry("etcd_quota_bytes", (int) QUOTA);
            assertThat(journal.get("refusal")).asString().contains("no new objects until there is room");
            assertThat(journal.get("advice")).asString().contains("--etcd-quota");
            assertThat((Integer) journal.get("etcd_used_bytes")).isGreaterThan((int) QUOTA);
        }
    }
}
