package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.HaCluster;
import io.mooncake4j.deploy.history.Outage.Allows;
import io.mooncake4j.master.etcd.EtcdCluster;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Two masters on three etcds, which die and freeze one fault after the other while two processes use the store. */
@ParameterizedClass(name = "durability {0}")
@MethodSource("durabilities")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdClusterFaultsIT {
    /** A request of 2 s that went to the member that led, and one more after it. */
    private static final Duration PUT_AFTER_SILENCE = Duration.ofSeconds(4);

    private static final Duration LONGEST_GET = Duration.ofSeconds(2);
    /** What a lease of 5 s survives: but for its margin, the time between two renewals, and one renewal's. */
    private static final Duration SURVIVED = Duration.ofSeconds(3);
    /** A fault's 2 s, and several elections. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(12);

    /** Elections of etcd and of masters, and calls that were made in vain before. */
    private static final Duration BACK_AFTER_SILENCE = Duration.ofSeconds(25);

    @Parameter
    private String durability;

    private EtcdCluster etcd;
    private EtcdSilence silence;
    private HaCluster cluster;
    private CheckedLoad load;

    static Stream<String> durabilities() {
        return Rounds.of("sync", "async");
    }

    @BeforeParameterizedClassInvocation
    void start() {
        etcd = EtcdCluster.start();
        String members = etcd.members().stream()
                .map(member -> member.endpoint().toString())
                .collect(Collectors.joining(","));
        cluster = HaCluster.start(
                etcd.options().build(), Collections.nCopies(2, members), 128 << 20, "--durability=" + durability);
        silence = EtcdSilence.of(etcd);
        load = CheckedLoad.start(cluster);
    }

    @AfterParameterizedClassInvocation
    void end() {
        try {
            load.end();
        } finally {
            silence.close();
            cluster.close();
            etcd.close();
        }
    }

    /**
     * No call fails or waits for much longer than etcd is silent; unless that was for longer than a lease survives, and
     * another master has taken over.
     */
    private void shouldFailNoCallUnlessTheLeaseEndsDuring(String what, Runnable fault) {
        silence.longest();
        long term = cluster.term();
        AtomicBoolean sameLeader = new AtomicBoolean();
        Seen seen = load.during(
                what + " (" + durability + ")",
                () -> sameLeader.get() ? Allows.NOTHING : Allows.whenLeaderDies(durability),
                () -> {
                    fault.run();
                    load.awaitProgress();
                    sameLeader.set(cluster.term() == term);
                });
        Duration silent = silence.longest();
        String found = "etcd was silent for " + silent.toMillis() + " ms; the leader is "
                + (sameLeader.get() ? "the same" : "another");
        System.out.println("  " + found);
        if (sameLeader.get()) {
            seen.assertUnharmed(silent.plus(PUT_AFTER_SILENCE), LONGEST_GET);
        } else {
            assertThat(silent).as("%s; %s", found, seen).isBetween(SURVIVED, LONGEST_SILENCE);
            seen.assertFailed(MasterFaultsIT.UNKNOWN_PUT);
            seen.assertWithin(silent.plus(MasterFaultsIT.LONGEST_PUT), silent.plus(MasterFaultsIT.LONGEST_GET));
        }
    }

    @Test
    void shouldFailNoCallWhenTheLeaderOfEtcdIsKilled() {
        shouldFailNoCallUnlessTheLeaseEndsDuring("leader of etcd killed", () -> {
            EtcdProcess leader = etcd.leader();
            leader.kill();
            assertThat(etcd.leader()).isNotSameAs(leader);
            leader.restart();
        });
    }

    /** And elects nobody, since for all members time stands still. */
    @Test
    void shouldFailNoCallWhenAllOfEtcdIsFrozenFor2Seconds() {
        shouldFailNoCallUnlessTheLeaseEndsDuring("all of etcd frozen for 2 s", () -> {
            etcd.members().forEach(EtcdProcess::freeze);
            Meanwhile.pass(Duration.ofSeconds(2));
            etcd.members().forEach(EtcdProcess::thaw);
        });
    }

    @Test
    void shouldFailNoCallUnlessTheLeaseEndsWhenEtcdHasNoQuorumFor2Seconds() {
        shouldFailNoCallUnlessTheLeaseEndsDuring("no quorum of etcd for 2 s", () -> {
            List<EtcdProcess> frozen = etcd.followers();
            frozen.forEach(EtcdProcess::freeze);
            Meanwhile.pass(Duration.ofSeconds(2));
            frozen.forEach(EtcdProcess::thaw);
        });
    }

    @Test
    @Tag("slow")
    void shouldFailNoCallWhenTheLeaderOfEtcdIsFrozenFor10Seconds() {
        shouldFailNoCallUnlessTheLeaseEndsDuring("leader of etcd frozen for 10 s", () -> {
            EtcdProcess leader = etcd.leader();
            leader.freeze();
            Meanwhile.pass(Duration.ofSeconds(10));
            leader.thaw();
        });
    }

    @Test
    @Tag("slow")
    void shouldServeNothingAndThenGoOnWhenEtcdHasNoQuorumFor15Seconds() {
        MooncakeClient hasty = cluster.client(MooncakeClient.builder().operationTimeout(Duration.ofSeconds(2)));
        Allows allows = Allows.whenLeaderDies(durability);
        Seen seen = load.during("no quorum of etcd for 15 s (" + durability + ")", allows, () -> {
            List<EtcdProcess> frozen = etcd.followers();
            long frozenNanos = System.nanoTime();
            frozen.forEach(EtcdProcess::freeze);
            Meanwhile.passSince(frozenNanos, Duration.ofSeconds(8));
            assertThatThrownBy(() -> hasty.get("any"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("does not lead");
            Meanwhile.passSince(frozenNanos, Duration.ofSeconds(15));
            long thawedNanos = System.nanoTime();
            frozen.forEach(EtcdProcess::thaw);
            cluster.leader();
            load.awaitProgress();
            assertThat(Duration.ofNanos(System.nanoTime() - thawedNanos))
                    .as("until each load goes again")
                    .isLessThan(BACK_AFTER_SILENCE);
        });
        assertThat(seen.failures().keySet()).as("%s", seen).allMatch(Seen::isRetryable);
    }
}
