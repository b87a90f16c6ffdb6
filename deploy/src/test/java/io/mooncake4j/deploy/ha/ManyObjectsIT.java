package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.master.etcd.EtcdProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The leader of a store with 200,000 objects is killed. */
@Tag("slow")
class ManyObjectsIT {
    private static final int OBJECTS = 200_000;
    private static final int BATCH = 2_000;
    private static final int BYTES = 64;
    /** The leader's lease of 5 s included. */
    private static final Duration FIRST_GET = Duration.ofSeconds(8);

    static Stream<String> durabilities() {
        return Rounds.of("sync", "async");
    }

    @ParameterizedTest(name = "durability {0}")
    @MethodSource("durabilities")
    void shouldReadAllOfThemWhenTheLeaderIsKilled(String durability) {
        try (EtcdProcess etcd = EtcdProcess.start();
                HaCluster cluster = HaCluster.start(
                        etcd.options().build(),
                        Collections.nCopies(2, etcd.endpoint().toString()),
                        128 << 20,
                        "--durability=" + durability)) {
            MooncakeClient client = cluster.client(false);
            for (int from = 0; from < OBJECTS; from += BATCH) {
                List<KvEntry> entries = IntStream.range(from, from + BATCH)
                        .mapToObj(i -> KvEntry.of(key(i), VersionedValue.of(key(i), 1, BYTES)))
                        .toList();
                assertThat(client.putBatch(entries)).allMatch(PutResult::succeeded);
            }
            client.put("the last one", VersionedValue.of("the last one", 1, BYTES));
            client.remove("the last one"); // durable, and so is all before it
            long term = cluster.term();
            int leader = cluster.leader();

            cluster.master(leader).kill();
            long killedNanos = System.nanoTime();
            assertThat(client.get(key(0))).contains(VersionedValue.of(key(0), 1, BYTES));
            Duration first = Duration.ofNanos(System.nanoTime() - killedNanos);
            System.out.println("200,000 objects (" + durability + "): first get " + first.toMillis()
                    + " ms after the leader was killed");
            assertThat(first).isLessThanOrEqualTo(FIRST_GET);
            assertThat(cluster.leaderAfter(term)).isNotEqualTo(leader);

            List<String> wrong = new ArrayList<>();
            for (int from = 0; from < OBJECTS; from += BATCH) {
                List<String> keys = IntStream.range(from, from + BATCH)
                        .mapToObj(ManyObjectsIT::key)
                        .toList();
                List<KeyResult<byte[]>> results = client.getBatch(keys);
                for (int i = 0; i < BATCH; i++) {
                    if (!results.get(i).isHit()
                            || !Arrays.equals(results.get(i).value(), VersionedValue.of(keys.get(i), 1, BYTES))) {
                        wrong.add(keys.get(i) + " " + results.get(i));
                    }
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    private static String key(int number) {
        return "many/" + number;
    }
}
