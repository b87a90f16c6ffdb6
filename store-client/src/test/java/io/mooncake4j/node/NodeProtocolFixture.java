package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mooncake4j.transfer.memory.FillProgress;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that has not mounted yet, what a master answers it, and the tokens of that master. */
abstract class NodeProtocolFixture {
    static final UUID CLUSTER = UUID.randomUUID();
    static final UUID CLIENT = UUID.randomUUID();
    static final long NONCE = 0x1234;
    private static final byte[] SECRET = {1, 2, 3};
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    final SegmentMemory memory =
            SegmentMemory.open(new SegmentMemoryOptions(MemoryKind.anonymous(), "n1", 8192, 4096), FillProgress.NONE);
    final Queue<Runnable> checks = new ArrayDeque<>();
    final AtomicInteger news = new AtomicInteger();
    final NodeProtocol node = new NodeProtocol(
            memory,
            new NodeIdentity("n1", "10.0.0.1", "rack7", NONCE),
            SafetyRules.ALL,
            checks::add,
            news::incrementAndGet);

    void mount(Epoch epoch) {
        node.mounted(mountAnswer(epoch), 0, 0);
    }

    MountSegmentResponse mountAnswer(Epoch epoch) {
        return MountSegmentResponse.newBuilder()
                .setEpoch(epoch.toProto())
                .setAccessKey(ByteString.copyFrom(
                        SealKey.derive(SECRET, memory.id(), epoch).bytes()))
                .setPingIntervalMs(200)
                .setJournalDurable(true)
                .build();
    }

    void pinged(PingRequest request, PingResponse.Builder answer) {
        node.pinged(request, answer.build(), 0, 0);
    }

    static PingResponse.Builder orders() {
        return PingResponse.newBuilder().setEpoch(epoch(5).toProto());
    }

    static SessionCut cut(long generation) {
        return SessionCut.newBuilder()
                .setClient(Ids.toProto(CLIENT))
                .setGeneration(generation)
                .build();
    }

    static Epoch epoch(long revision) {
        return new Epoch(CLUSTER, revision);
    }

    static AccessToken token(UUID segment, Epoch epoch) {
        return new AccessToken(
                        AccessToken.Mode.READ,
                        segment,
                        NONCE,
                        epoch,
                        CLIENT,
                        0,
                        HOUR_NANOS,
                        new int[] {0},
                        new long[] {0},
                        new long[] {8},
                        new byte[AccessToken.MAC_BYTES])
                .sealedBy(SealKey.derive(SECRET, segment, epoch));
    }

    void assertServed(AccessToken token) {
        assertThatCode(() -> node.gate().verify(token, AccessToken.Mode.READ, CLIENT, 0, 0))
                .doesNotThrowAnyException();
    }

    void assertRefused(AccessToken token) {
        assertThatThrownBy(() -> node.gate().verify(token, AccessToken.Mode.READ, CLIENT, 0, 0))
                .hasMessageContaining("TOKEN_REFUSED");
    }
}
