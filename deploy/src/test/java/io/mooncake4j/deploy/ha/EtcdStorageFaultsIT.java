package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.cluster.LoadMain;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.history.Outage.Allows;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** etcd's database is full, or an older one, while two processes use the store. */
@Tag("slow")
class EtcdStorageFaultsIT {
    private static final String JUNK = "x".repeat(100_000);
    private static final int BYTES = 10_000;
    private static final Duration LONGEST_GET_WITHOUT_SPACE = Duration.ofSeconds(2);
    private static final Duration RETURN = Duration.ofSeconds(60);
    private static final Duration LONGEST_CALL_AFTER_RESTORING = Duration.ofSeconds(10);

    static Stream<String> durabilities() {
        return Rounds.of("sync", "async");
    }

    private static HaCluster cluster(EtcdProcess etcd, String durability) {
        return HaCluster.start(
                etcd.options().build(),
                Collections.nCopies(2, etcd.endpoint().toString()),
                128 << 20,
                "--durability=" + durability);
    }

    @ParameterizedTest(name = "durability {0}")
    @MethodSource("durabilities")
    void shouldRefusePutsAndGoOnReadingWhenEtcdHasNoSpace(String durability) {
        try (EtcdProcess etcd = EtcdProcess.plan().quotaBytes(16 << 20).start();
                HaCluster cluster = cluster(etcd, durability)) {
            CheckedLoad load = CheckedLoad.start(cluster);
            MooncakeClient hasty = cluster.client(MooncakeClient.builder().operationTimeout(Duration.ofSeconds(3)));
            byte[] value = VersionedValue.of("before", 1, BYTES);
            hasty.put("before", value);
            Seen seen = load.during("etcd without space (" + durability + ")", Allows.NOTHING, () -> {
                fill(etcd);
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    PutResult refused = hasty.putBatch(
                                    List.of(KvEntry.of("during", VersionedValue.of("during", 1, BYTES))))
                            .get(0);
                    return refused.error() == ErrorCode.UNAVAILABLE_IN_CURRENT_STATUS;
                });
                assertThat(hasty.get("before")).contains(value);
                etcd.ctl("del", "--prefix", "/junk/");
                compact(etcd);
                etcd.ctl("defrag");
                etcd.ctl("alarm", "disarm");
                load.awaitProgress();
            });
            assertThat(seen.failures().keySet())
                    .as("%s", seen)
                    .allMatch(Seen::isRetryable)
                    .noneMatch(failure -> failure.startsWith("READ"));
            seen.assertWithin(LoadMain.TIMEOUT.plusSeconds(2), LONGEST_GET_WITHOUT_SPACE);
            load.end();
        }
    }

    private static void compact(EtcdProcess etcd) {
        String revision = etcd.ctl("get", "none", "-w", "fields")
                .lines()
                .filter(line -> line.startsWith("\"Revision\""))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
        try {
            etcd.ctl("compaction", "--physical", revision); // else defrag comes too early
        } catch (IllegalStateException e) {
            assertThat(e).as("unless a master was first").hasMessageContaining("has been compacted");
        }
    }

    private static void fill(EtcdProcess etcd) {
        for (int i = 0; !etcd.ctl("alarm", "list").contains("NOSPACE"); i++) {
            try {
                etcd.ctl("put", "/junk/" + i, JUNK);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("space exceeded");
            }
        }
    }

    @ParameterizedTest(name = "durability {0}")
    @MethodSource("durabilities")
    void shouldReturnEmptyAndServeNothingOldWhenEtcdIsRestoredFromABackupThoughAStandbySleeps(String durability) {
        try (EtcdProcess etcd = EtcdProcess.start();
                HaCluster cluster = cluster(etcd, durability)) {
            CheckedLoad load = CheckedLoad.start(cluster);
            Path backup = cluster.directory().resolve("backup");
            Seen seen = load.during("etcd restored from a backup (" + durability + ")", Allows.LOSS, () -> {
                etcd.ctl("snapshot", "save", backup.toString());
                load.awaitProgress();
                ChildProcess standby = cluster.master(cluster.standby());
                standby.freeze();
                long followed = cluster.reach().head();
                List<String> before = mounted(cluster);
                etcd.kill();
                etcd.restore(backup);
                etcd.restart();
                await().atMost(RETURN).until(() -> mounted(cluster).stream().noneMatch(before::contains));
                load.awaitProgress();
                await("a journal that has passed where the standby is")
                        .atMost(RETURN)
                        .until(() -> cluster.reach().head() > followed);
                standby.thaw();
            });
            assertThat(seen.failures().keySet()).as("%s", seen).allMatch(Seen::isRetryable);
            seen.assertWithin(LONGEST_CALL_AFTER_RESTORING, LONGEST_CALL_AFTER_RESTORING);
            Seen after = load.during(
                    "leader killed, whose standby had slept (" + durability + ")",
                    Allows.whenLeaderDies(durability),
                    cluster::killLeader);
            after.assertFailed(MasterFaultsIT.UNKNOWN_PUT);
            after.assertWithin(MasterFaultsIT.LONGEST_PUT, MasterFaultsIT.LONGEST_GET);
            load.end();
        }
    }

    private static List<String> mounted(HaCluster cluster) {
        return IntStream.range(0, HaCluster.NODES)
                .mapToObj(i -> cluster.node(i).lastLine("mounted"))
                .toList();
    }
}
