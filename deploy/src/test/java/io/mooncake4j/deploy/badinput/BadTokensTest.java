package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.RawClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.tcp.RawWrite;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A master's own permission to write, spoilt, or used for what it doesn't permit: the node says why not, and no byte of
 * anybody's changes. {@code TransportSafetyBehaviour} has the rest of the table, with tokens that tests seal.
 */
class BadTokensTest {
    private static final int BYTES = 4096;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private record Bad(
            String name, String words, UnaryOperator<AccessToken> spoil, int range, long offset, long length) {}

    private static Bad token(String name, String words, UnaryOperator<AccessToken> spoil) {
        return new Bad(name, words, spoil, 0, 0, BYTES);
    }

    private static Bad place(String name, String words, int range, long offset, long length) {
        return new Bad(name, words, token -> token, range, offset, length);
    }

    private static Stream<Bad> table() {
        String seal = "was not sealed by the master";
        return Stream.of(
                token("forged seal", seal, t -> {
                    t.mac()[0] ^= 1;
                    return t;
                }),
                token("range moved", seal, t -> {
                    t.offsets()[0] ^= 64;
                    return t;
                }),
                token("range without end", seal, t -> {
                    t.lengths()[0] = Long.MAX_VALUE;
                    return t;
                }),
                token("longer deadline", seal, t -> changed(t, t.segmentId(), t.epoch(), t.deadlineTicks() + 1)),
                token("other segment", seal, t -> changed(t, new UUID(1, 1), t.epoch(), t.deadlineTicks())),
                token(
                        "deadline long past",
                        "has expired",
                        t -> changed(t, t.segmentId(), t.epoch(), t.deadlineTicks() - (1L << 50))),
                token(
                        "deadline that overflows",
                        "has expired",
                        t -> changed(t, t.segmentId(), t.epoch(), t.deadlineTicks() + Long.MIN_VALUE)),
                token("newer epoch", "this node follows", t -> {
                    Epoch newer = new Epoch(t.epoch().clusterId(), t.epoch().revision() + 1);
                    return changed(t, t.segmentId(), newer, t.deadlineTicks());
                }),
                place("a range that isn't there", "range 1 was asked for", 1, 0, BYTES),
                place("a negative range", "range -1 was asked for", -1, 0, BYTES),
                place("one byte too many", "leave the 4096 bytes", 0, 1, BYTES),
                place("an offset that overflows", "leave the 4096 bytes", 0, Long.MAX_VALUE, BYTES),
                place("an offset before it", "leave the 4096 bytes", 0, -64, BYTES));
    }

    private static AccessToken changed(AccessToken t, UUID segment, Epoch epoch, long deadlineTicks) {
        return new AccessToken(
                t.mode(),
                segment,
                t.processNonce(),
                epoch,
                t.clientId(),
                t.generation(),
                deadlineTicks,
                t.regions(),
                t.offsets(),
                t.lengths(),
                t.mac());
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseAndBeUnharmedWhenATokenIsBad() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(1, 1 << 20, 256 << 10).withLease(Duration.ofMillis(50)));
        Unharmed unharmed = new Unharmed(cluster);
        Stream<DynamicTest> writes = table().map(bad -> DynamicTest.dynamicTest(bad.name(), () -> {
            try (RawClient client = new RawClient(cluster.masters())) {
                RawClient.Grant grant = client.start("spoilt", BYTES).orElseThrow();
                assertThat(refusal(grant.target(), bad)).contains(bad.words());
                assertThat(client.revoke(grant, true)).isEqualTo(ErrorCode.OK);
            }
            unharmed.check();
        }));
        return Stream.concat(writes, Stream.of(DynamicTest.dynamicTest("of a reader", () -> {
            Bad write = token("of a reader", "it permits to READ, not to WRITE", token -> token);
            try (RawClient client = new RawClient(cluster.masters())) {
                String said = await("a token that the node looks at before its lease has ended")
                        .until(() -> refusal(client.find("kept"), write), text -> !text.contains("has expired"));
                assertThat(said).contains(write.words());
            }
            unharmed.check();
        })));
    }

    /** Why the node refuses. */
    private static String refusal(SegmentTarget target, Bad bad) throws IOException {
        try (RawWrite write = new RawWrite(target)) {
            assertThat(write.greeting()).isEqualTo(ErrorCode.OK);
            write.begin(bad.spoil().apply(target.token()), bad.range(), bad.offset(), bad.length());
            write.send(ByteBuffer.allocate(BYTES));
            StoreException refused = catchThrowableOfType(StoreException.class, write::placed);
            assertThat(refused).as("the write is refused").isNotNull();
            assertThat(refused.code()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            return refused.reason();
        }
    }
}
