package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.history.Outage.Allows;
import io.mooncake4j.master.etcd.EtcdProcess;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A node that is killed and comes back, with and without its memory, while placement is in etcd and its master changes. */
@Tag("slow")
class NodeReturnsIT {
    private static final int OBJECTS = 200;
    private static final int BYTES = 20_000;
    /** The leader's death, and until the next one gives the node up. */
    private static final Duration LONGEST_GET = MasterFaultsIT.LONGEST_GET.plusSeconds(5);

    private EtcdProcess etcd;
    private HaCluster cluster;
    private CheckedLoad load;

    static Stream<String> memories() {
        return Rounds.of("kept", "lost");
    }

    @BeforeEach
    void start() {
        etcd = EtcdProcess.start();
        cluster = HaCluster.start(
                etcd.options().build(),
                Collections.nCopies(2, etcd.endpoint().toString()),
                128 << 20,
                "--durability=sync",
                "--node-suspect=2s",
                "--node-offline=4s");
        load = CheckedLoad.start(cluster);
    }

    @AfterEach
    void end() {
        try {
            load.end();
        } finally {
            cluster.close();
            etcd.close();
        }
    }

    @ParameterizedTest(name = "memory {0}")
    @MethodSource("memories")
    void shouldHaveItsContentAgainOnlyIfItsMemoryWasKeptWhenNodeAndLeaderAreKilled(String memory) {
        boolean kept = memory.equals("kept");
        MooncakeClient client = cluster.client(true);
        for (int i = 0; i < OBJECTS; i++) {
            client.put("still/" + i, VersionedValue.of("still/" + i, 1, BYTES));
        }
        String segment = cluster.node(0).awaitLine("mounted");
        Seen seen = load.during("node killed, memory " + memory, kept ? Allows.MISSES : Allows.LOSS, () -> {
            cluster.node(0).kill();
            cluster.startMaster(cluster.killLeader());
            if (!kept) {
                cluster.deleteMemory(0);
            }
            String now = cluster.startNode(0).awaitLine("mounted");
            assertThat(now.equals(segment)).as("is the segment what it was").isEqualTo(kept);
            Meanwhile.pass(Duration.ofSeconds(2)); // a ping tells the leader
        });
        seen.assertFailed(MasterFaultsIT.UNKNOWN_PUT);
        seen.assertWithin(MasterFaultsIT.LONGEST_PUT, LONGEST_GET);
        int found = 0;
        for (int i = 0; i < OBJECTS; i++) {
            byte[] value = client.get("still/" + i).orElse(null);
            if (value != null) {
                assertThat(value).isEqualTo(VersionedValue.of("still/" + i, 1, BYTES));
                found++;
            }
        }
        if (kept) {
            assertThat(found).isEqualTo(OBJECTS);
        } else {
            assertThat(found).as("those on the other node").isBetween(1, OBJECTS - 1);
        }
    }
}
