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
    /** The time in which the members find a new leader, and a request's that went to the old one. */
    private static final Duration LONGEST_PUT = Duration.ofSeconds(6);

    private static final Duration LONGEST_GET = Duration.ofSeconds(2);

    @Parameter
    private String durability;

    private EtcdCluster etcd;
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
        load = CheckedLoad.start(cluster);
    }

    @AfterParameterizedClassInvocation
    void end() {
        try {
            load.end();
        } finally {
            cluster.close();
            etcd.close();
        }
    }

    private Seen during(String what, Allows allows, Runnable fault) {
        return load.during(what + " (" + durability + ")", allows, fault);
    }

    @Test
    void shouldFailNoCallWhenTheLeaderOfEtcdIsKilled() {
        Seen seen = during("leader of etcd killed", Allows.NOTHING, () -> {
            EtcdProcess leader = etcd.leader();
            leader.kill();
            assertThat(etcd.leader()).isNotSameAs(leader);
            leader.restart();
        });
        seen.assertUnharmed(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    void shouldFailNoCallWhenEtcdHasNoQuorumFor2Seconds() {
        Seen seen = during("no quorum of etcd for 2 s", Allows.NOTHING, () -> {
            List<EtcdProcess> frozen = etcd.followers();
            frozen.forEach(EtcdProcess::freeze);
            Meanwhile.pass(Duration.ofSeconds(2));
            frozen.forEach(EtcdProcess::thaw);
        });
        seen.assertUnharmed(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    @Tag("slow")
    void shouldFailNoCallWhenTheLeaderOfEtcdIsFrozenFor10Seconds() {
        Seen seen = during("leader of etcd frozen for 10 s", Allows.NOTHING, () -> {
            EtcdProcess leader = etcd.leader();
            leader.freeze();
            Meanwhile.pass(Duration.ofSeconds(10));
            leader.thaw();
        });
        seen.assertUnharmed(LONGEST_PUT, LONGEST_GET);
    }

    @Test
    @Tag("slow")
    void shouldServeNothingAndThenGoOnWhenEtcdHasNoQuorumFor15Seconds() {
        boolean sync = durability.equals("sync");
        MooncakeClient hasty = cluster.client(MooncakeClient.builder().operationTimeout(Duration.ofSeconds(2)));
        Seen seen = during("no quorum of etcd for 15 s", sync ? Allows.NOTHING : Allows.FORGETTING_THE_TAIL, () -> {
            List<EtcdProcess> frozen = etcd.followers();
            long frozenNanos = System.nanoTime();
            frozen.forEach(EtcdProcess::freeze);
            Meanwhile.passSince(frozenNanos, Duration.ofSeconds(8));
            assertThatThrownBy(() -> hasty.get("any")).isInstanceOf(StoreException.class);
            Meanwhile.passSince(frozenNanos, Duration.ofSeconds(15));
            frozen.forEach(EtcdProcess::thaw);
            cluster.leader();
            load.awaitProgress();
        });
        assertThat(seen.failures().keySet()).as("%s", seen).allMatch(Seen::isRetryable);
    }
}
