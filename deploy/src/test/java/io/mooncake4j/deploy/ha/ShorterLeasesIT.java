package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.history.Outage.Allows;
import io.mooncake4j.master.etcd.EtcdProcess;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Leaders that follow each other quickly, the later ones configured with shorter leases. */
@Tag("slow")
class ShorterLeasesIT {
    /** The default. */
    private static final Duration LEASE = Duration.ofSeconds(5);
    /** The test sees the election so much later than the winner does. */
    private static final Duration LATE = Duration.ofSeconds(1);

    static Stream<String> durabilities() {
        return Rounds.of("sync", "async");
    }

    @ParameterizedTest(name = "durability {0}")
    @MethodSource("durabilities")
    void shouldHoldMemoryForTheFirstLeadersLeasesWhenTwoSuccessorsHaveShorterOnes(String durability) {
        try (EtcdProcess etcd = EtcdProcess.start();
                HaCluster cluster = HaCluster.start(
                        etcd.options().build(),
                        Collections.nCopies(3, etcd.endpoint().toString()),
                        128 << 20,
                        "--durability=" + durability,
                        "--leader-lease=2s")) {
            CheckedLoad load = CheckedLoad.start(cluster);
            int first = cluster.leader();
            for (int i = 0; i < cluster.masterCount(); i++) {
                if (i != first) {
                    cluster.master(i).kill();
                    cluster.startMaster(i, "--read-lease=" + (500 + 500 * i) + "ms");
                }
            }
            AtomicLong wonNanos = new AtomicLong();
            Seen seen = load.during(
                    "two leaders killed, the next ones have shorter leases (" + durability + ")",
                    Allows.whenLeaderDies(durability),
                    () -> {
                        long term = cluster.term();
                        cluster.master(first).kill();
                        int second = cluster.leaderAfter(term);
                        term = cluster.term();
                        cluster.master(second).kill();
                        cluster.leaderAfter(term);
                        wonNanos.set(System.nanoTime());
                    });
            seen.assertFailed("PUT OUTCOME_UNKNOWN");
            load.pause();
            assertThat(Duration.ofNanos(load.firstPutAfter(wonNanos.get()) - wonNanos.get()))
                    .as("until the first put has found memory that nobody may still read")
                    .isGreaterThan(LEASE.minus(LATE));
            load.resume();
            load.end();
        }
    }
}
