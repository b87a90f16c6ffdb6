package io.mooncake4j.transfer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotLeaderTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:50051", "[fd00::1]:50051", "master-2.masters:50051"})
    void shouldNameLeaderWhenItIsKnown(String address) {
        HostPort leader = HostPort.parse(address);

        StoreException refusal = NotLeader.refused(leader);

        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(NotLeader.leader(refusal.reason())).contains(leader);
    }

    @Test
    void shouldSayWhetherTheCallWasBegun() {
        HostPort leader = new HostPort("10.0.0.1", 50051);

        StoreException deposed = NotLeader.deposed(leader);

        assertThat(deposed.code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(NotLeader.leader(deposed.reason())).contains(leader);
        assertThat(NotLeader.nothingDone(deposed.reason())).isFalse();
        assertThat(NotLeader.nothingDone(NotLeader.refused(leader).reason())).isTrue();
        assertThat(NotLeader.nothingDone("whatever else a master says")).isFalse();
    }

    @Test
    void shouldNameNobodyWhenLeaderIsUnknown() {
        assertThat(NotLeader.leader(NotLeader.refused(null).reason())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "; leader=", "; leader=nowhere", "; leader=a:b", "leader=10.0.0.1:1"})
    void shouldNameNobodyWhenTextIsNotOfThatForm(String text) {
        assertThat(NotLeader.leader(text)).isEmpty();
    }
}
