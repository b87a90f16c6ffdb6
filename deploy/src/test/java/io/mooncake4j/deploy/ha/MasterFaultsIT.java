package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.client.RawClient;
import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.deploy.history.Outage.Allows;
import io.mooncake4j.deploy.soak.ChildProcess;
import io.mooncake4j.master.etcd.CutProxy;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.master.journal.JournalSeam;
import io.mooncake4j.transfer.tcp.RawWrite;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.proto.Outcome;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three masters, of which some die, freeze, stop and are cut off, one fault after the other, while two processes use the
 * store, with and without checksums.
 */
@ParameterizedClass(name = "durability {0}")
@MethodSource("durabilities")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MasterFaultsIT {
    /** The put was on its way to its end when the leader died. */
    static final String UNKNOWN_PUT = "PUT OUTCOME_UNKNOWN";

    private static final int MASTERS = 3;
    /** 5 s of the leader's lease, until the next one serves. */
    static final Duration LONGEST_GET = Duration.ofSeconds(8);
    /** The same, and 5 s of read leases of the leader that nobody can ask any more. */
    static final Duration LONGEST_PUT = Duration.ofSeconds(15);

    private static final int BYTES = 100_000;
    private static final int STILL = 200;

    @Parameter
    private String durability;

    private EtcdProcess etcd;
    private final List<CutProxy> ways = new ArrayList<>();
    private HaCluster cluster;
    private CheckedLoad load;

    static Stream<String> durabilities() {
        return Rounds.of("sync", "async");
    }

    @BeforeParameterizedClassInvocation
    void start() {
        etcd = EtcdProcess.start();
        for (int i = 0; i < MASTERS; i++) {
            ways.add(CutProxy.to(etcd.endpoint().getPort()));
        }
        cluster = HaCluster.start(
                etcd.options().build(),
                ways.stream().map(way -> way.endpoint().toString()).toList(),
                128 << 20,
                "--durability=" + durability);
        load = CheckedLoad.start(cluster);
    }

    @AfterParameterizedClassInvocation
    void end() {
        try {
            load.end();
        } finally {
            cluster.close();
            ways.forEach(CutProxy::close);
            ways.clear();
            etcd.close();
        }
    }

    private Seen during(String what, Runnable fault) {
        return load.during(what + " (" + durability + ")", Allows.whenLeaderDies(durability), fault);
    }

    /** Kills the leader, and starts it again when another one leads. */
    private void killLeader() {
        cluster.startMaster(cluster.killLeader());
    }

    @Test
    void shouldGoOnWhenTheLeaderIsKilled() {
        Seen seen = during("leader killed", this::killLeader);
        seen.assertFailed(UNKNOWN_PUT);
        seen.assertWithin(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    void shouldGoOnAndListenToNoFormerLeaderWhenItIsFrozenForLongerThanItsLease() {
        Seen seen = during("leader frozen for 8 s", () -> {
            long term = cluster.term();
            ChildProcess leader = cluster.master(cluster.leader());
            long frozenNanos = System.nanoTime();
            leader.freeze();
            cluster.leaderAfter(term);
            Meanwhile.passSince(frozenNanos, Duration.ofSeconds(8));
            leader.thaw();
        });
        seen.assertFailed(UNKNOWN_PUT);
        seen.assertWithin(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    void shouldFailNoCallWhenMastersAreStoppedAndStartedInTurn() {
        Seen seen = load.during("masters restarted in turn (" + durability + ")", Allows.NOTHING, () -> {
            for (int i = 0; i < MASTERS; i++) {
                cluster.master(i).terminate();
                cluster.startMaster(i);
            }
        });
        seen.assertUnharmed(Duration.ofSeconds(3), Duration.ofSeconds(2));
    }

    @Test
    void shouldFindEverythingAgainWhenAllMastersAreKilledAndStartedAgain() {
        Seen seen = during("all masters killed", () -> {
            long term = cluster.term();
            for (int i = 0; i < MASTERS; i++) {
                cluster.master(i).kill();
            }
            for (int i = 0; i < MASTERS; i++) {
                cluster.startMaster(i);
            }
            cluster.leaderAfter(term);
        });
        seen.assertFailed(UNKNOWN_PUT);
        seen.assertWithin(LONGEST_PUT.plusSeconds(5), LONGEST_GET.plusSeconds(5));
    }

    @Test
    void shouldGoOnWhenTheLeaderIsCutOffFromEtcdButNotFromClients() {
        Seen seen = during("leader cut off from etcd for 8 s", () -> {
            long term = cluster.term();
            CutProxy way = ways.get(cluster.leader());
            long cutNanos = System.nanoTime();
            way.cut();
            cluster.leaderAfter(term);
            Meanwhile.passSince(cutNanos, Duration.ofSeconds(8));
            way.mend();
        });
        seen.assertFailed(UNKNOWN_PUT);
        seen.assertWithin(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    @Tag("slow")
    void shouldHarmNobodyAndLeadNextWhenAStandbyIsFrozenFor30Seconds() {
        int standby = cluster.standby();
        Seen seen = load.during("standby frozen for 30 s of full load (" + durability + ")", Allows.NOTHING, () -> {
            cluster.master(standby).freeze();
            load.fast();
            Meanwhile.pass(Duration.ofSeconds(30));
            load.slow();
            cluster.master(standby).thaw();
        });
        seen.assertUnharmed(Duration.ofSeconds(3), Duration.ofSeconds(2));
        Seen after = during("all others killed", () -> {
            long term = cluster.term();
            int[] others = IntStream.range(0, MASTERS).filter(i -> i != standby).toArray();
            for (int other : others) {
                cluster.master(other).kill();
            }
            assertThat(cluster.leaderAfter(term)).isEqualTo(standby);
            for (int other : others) {
                cluster.startMaster(other);
            }
        });
        after.assertFailed(UNKNOWN_PUT);
        after.assertWithin(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    @Tag("slow")
    void shouldLoseNothingWhenLeadersAreKilledAgainAndAgainInTheMiddleOfTheirWrites() {
        for (int i = 0; i < 3; i++) {
            Seen seen = during("leader killed again", () -> {
                Meanwhile.pass(Duration.ofMillis(ThreadLocalRandom.current().nextInt(700)));
                killLeader();
            });
            seen.assertFailed(UNKNOWN_PUT);
            seen.assertWithin(LONGEST_PUT, LONGEST_GET);
        }
    }

    @Test
    @Tag("slow")
    void shouldLoseNothingWhenTheLeaderDiesBetweenItsWritesOfJournalAndBuckets() {
        MooncakeClient client = cluster.client(true);
        for (int i = 0; i < STILL; i++) {
            client.put(still(i), VersionedValue.of(still(i), 1, 1000));
        }
        long stillRecord = cluster.reach().head();
        writeUntilTheJournalBeginsBehind(stillRecord, client);
        AtomicReference<JournalSeam.Reach> atDeath = new AtomicReference<>();
        Seen seen = during("leader killed with buckets behind its journal, then its standbys", () -> {
            long term = cluster.term();
            int leader = cluster.leader();
            await().until(cluster::reach, reach -> reach.head() > reach.inAllBuckets());
            cluster.master(leader).kill();
            atDeath.set(cluster.reach());
            assertThat(atDeath.get().term()).as("nobody else wrote").isEqualTo(term);
            for (int i = 0; i < MASTERS; i++) {
                cluster.master(i).kill(); // who followed needs to read nothing
            }
            for (int i = 0; i < MASTERS; i++) {
                cluster.startMaster(i);
            }
            cluster.leaderAfter(term);
        });
        assertThat(atDeath.get().firstRecord())
                .as("recovery can't do without buckets")
                .isGreaterThan(stillRecord);
        assertThat(atDeath.get().head())
                .as("nor without the journal")
                .isGreaterThan(atDeath.get().inAllBuckets());
        for (int i = 0; i < STILL; i++) {
            assertThat(client.get(still(i))).contains(VersionedValue.of(still(i), 1, 1000));
            assertThat(client.remove(still(i))).isTrue();
        }
        seen.assertFailed(UNKNOWN_PUT);
        seen.assertWithin(LONGEST_PUT.plusSeconds(5), LONGEST_GET.plusSeconds(5));
    }

    private static String still(int number) {
        return "still/" + number;
    }

    /** Large records, so many that every bucket is soon written anew; of objects that don't stay. */
    private void writeUntilTheJournalBeginsBehind(long record, MooncakeClient client) {
        for (int round = 0; cluster.reach().firstRecord() <= record; round++) {
            assertThat(round).as("times 4 MB").isLessThan(60);
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                keys.add("large record/" + round + "/" + i + "/" + "x".repeat(4000));
            }
            List<KvEntry> entries =
                    keys.stream().map(key -> KvEntry.of(key, new byte[1])).toList();
            assertThat(client.putBatch(entries)).allMatch(PutResult::succeeded);
            assertThat(client.removeBatch(keys)).allMatch(KeyResult::isHit);
        }
    }

    @Test
    @Tag("slow")
    void shouldSayThatItIsReadyOnlyWhenItHasReadThePlacement() {
        int standby = cluster.standby();
        cluster.master(standby).kill();
        ways.get(standby).cut();
        ChildProcess master = cluster.launchMaster(standby);
        master.awaitLine("listening:");
        Meanwhile.pass(Duration.ofSeconds(2));
        assertThat(master.lastLine("ready:")).isEmpty();
        ways.get(standby).mend();
        master.awaitLine("ready:");
    }

    @Test
    @Tag("slow")
    void shouldGoOnWhenTheLeaderKeyIsDeletedThoughNobodyWrites() {
        MooncakeClient client = cluster.client(true);
        byte[] value = VersionedValue.of("read only", 1, BYTES);
        client.put("read only", value);
        load.pause();
        long term = cluster.term();
        cluster.deleteLeaderKey();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            assertThat(client.get("read only")).contains(value);
            return client.clusterStatus().term() > term;
        });
        load.resume();
        Seen seen = during("leader key deleted", () -> {
            long now = cluster.term();
            cluster.deleteLeaderKey();
            cluster.leaderAfter(now);
        });
        seen.assertFailed(UNKNOWN_PUT);
        seen.assertWithin(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    @Tag("slow")
    void shouldWriteNothingWhenAClientWakesUpUnderTheNextLeader() {
        ChildProcess writer = cluster.writer("late", BYTES, "half");
        writer.awaitLine("half");
        writer.freeze();
        during("client frozen across the leader's death", this::killLeader).assertFailed(UNKNOWN_PUT);
        MooncakeClient client = cluster.client(true);
        byte[] other = VersionedValue.of("late", 2, BYTES);
        client.put("late", other);
        writer.say("go on");
        writer.thaw();
        assertThat(writer.awaitLine("wrote")).isNotEqualTo("OK");
        assertThat(writer.awaitLine("ended")).isNotEqualTo("OK");
        assertThat(client.get("late")).contains(other);
        assertThat(client.remove("late")).isTrue();
    }

    @Test
    @Tag("slow")
    void shouldNotCallAPutUndoneWhenItsAnswerWasLostAndItsKeyRemovedUnderTheFormerLeader() throws Exception {
        try (RawClient putter = new RawClient(cluster.masters())) {
            RawClient.Grant grant = putter.start("lost answer", BYTES).orElseThrow();
            RawWrite.place(grant.target(), ByteBuffer.wrap(VersionedValue.of("lost answer", 1, BYTES)));
            assertThat(putter.end(grant)).isEqualTo(ErrorCode.OK);
            assertThat(cluster.client(true).remove("lost answer")).isTrue();
            during("leader killed after a lost answer", this::killLeader).assertFailed(UNKNOWN_PUT);
            assertThat(putter.outcome(grant)).isIn(Outcome.OUTCOME_REMOVED, Outcome.OUTCOME_FORGOTTEN);
        }
        assertThat(cluster.client(true).get("lost answer")).isEmpty();
    }
}
