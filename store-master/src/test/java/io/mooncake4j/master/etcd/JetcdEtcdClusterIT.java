package io.mooncake4j.master.etcd;

import static io.mooncake4j.master.etcd.EtcdBehaviour.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client of three members, some of which fail. */
class JetcdEtcdClusterIT {
    private final EtcdCluster cluster = EtcdCluster.start();
    private final EtcdProcess leader = cluster.leader();
    private final JetcdEtcd etcd = clientOfTheLeader();

    /** A client begins with any member: that which will fail, here. */
    private JetcdEtcd clientOfTheLeader() {
        EtcdOptions options =
                cluster.options().requestTimeout(Duration.ofSeconds(2)).build();
        while (true) {
            JetcdEtcd client = JetcdEtcd.open(options);
            if (client.endpoint().equals(leader.endpoint())) {
                return client;
            }
            client.close();
        }
    }

    @AfterEach
    void close() {
        etcd.close();
        cluster.close();
    }

    private boolean put(String key) {
        try {
            etcd.txn(new EtcdTxn().put(key, bytes(key)))
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            return true;
        } catch (CompletionException e) {
            assertThat(((EtcdException) e.getCause()).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
            return false;
        }
    }

    private void awaitPut(String key) {
        Awaitility.await(key).until(() -> put(key));
    }

    @Test
    void shouldGoOnWithTheOthersWhenTheLeaderIsKilled() {
        awaitPut("a");
        leader.kill();
        awaitPut("b");
        for (int i = 0; i < 20; i++) {
            assertThat(put("c" + i)).as("the dead member is passed over").isTrue();
        }
        leader.restart();
        awaitPut("d");
    }

    @Test
    void shouldGoOnWithTheOthersWhenTheLeaderIsFrozen() {
        awaitPut("a");
        leader.freeze();
        awaitPut("b");
        for (int i = 0; i < 20; i++) {
            assertThat(put("c" + i)).as("calls stay with a member that answers").isTrue();
        }
        leader.thaw();
        awaitPut("d");
    }

    @Test
    void shouldTellTheLargestFileAndMakeTheOthersSmallerWhenAMemberIsDead() {
        awaitPut("a");
        int file = 8 << 20;
        for (int i = 0; i < 32; i++) {
            etcd.txn(new EtcdTxn().put("large", new byte[file / 32])).join();
        }
        long revision = etcd.txn(new EtcdTxn().put("large", new byte[1])).join().revision();
        leader.ctl("compaction", "--physical", Long.toString(revision));
        EtcdProcess large = cluster.followers().get(0);
        List<URI> others = cluster.members().stream()
                .filter(member -> member != large)
                .map(EtcdProcess::endpoint)
                .toList();
        try (JetcdEtcd ofOthers =
                JetcdEtcd.open(EtcdOptions.builder().endpoints(others).build())) {
            Awaitility.await("all of them have forgotten it")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        assertThat(ofOthers.defragment().join()).isEmpty();
                        return ofOthers.health().join().sizeBytes() < file / 2;
                    });
        }
        assertThat(etcd.health().join().sizeBytes()).isGreaterThan(file);
        large.kill();
        Awaitility.await("it counts no more")
                .ignoreExceptions()
                .until(() -> etcd.health().join().sizeBytes() < file / 2);
        assertThat(etcd.defragment().join())
                .singleElement()
                .asString()
                .contains(large.endpoint().toString(), "is etcd up");
    }

    @Test
    void shouldNotKnowTheOutcomeWhenTheQuorumIsLostAndGoOnWhenItIsBack() {
        awaitPut("a");
        List<EtcdProcess> lost = cluster.loseQuorum();
        assertThat(put("b")).isFalse();
        lost.forEach(EtcdProcess::relaunch);
        awaitPut("c");
    }
}
