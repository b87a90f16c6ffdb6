package io.mooncake4j.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.client.RawClient;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Stall;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.tcp.RawWrite;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each safety rule is for. Every script runs twice: with the rule, and the bytes are right; and without, and they
 * are wrong, with nobody noticing. The store has room for one value, so that the next one takes the place of the last.
 */
class SafetySwitchTest {
    private static final int BYTES = 256 << 10;
    private static final ClusterPlan ONE_SLOT = ClusterPlan.DEFAULT.withOneSlot(BYTES);

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final Stall stall = new Stall();

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenReaderIgnoresTheEndOfItsLease(boolean enforced) throws InterruptedException {
        cluster.start(ONE_SLOT.withHook(stall).withLease(Duration.ofMillis(300)));
        MooncakeClient writer = cluster.client(false);
        MooncakeClient reader = cluster.client(false, rules(enforced, SafetyRule.LEASE_CHECK));
        put(writer, "old");
        stall.arm(AccessToken.Mode.READ);
        CompletableFuture<Optional<byte[]>> read = reader.getAsync("old");
        stall.awaitReached();
        assertThat(writer.remove("old")).isTrue();
        put(writer, "new"); // waits for the end of the lease
        stall.release();
        if (enforced) {
            assertThat(read.join()).isEmpty();
        } else {
            assertThat(read.join()).hasValueSatisfying(bytes -> assertIs("new", bytes));
        }
    }

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenLeasedMemoryIsReused(boolean enforced) throws InterruptedException {
        cluster.start(ONE_SLOT.withHook(stall)
                .withLease(Duration.ofSeconds(enforced ? 3 : 20)) // without the rule nobody waits for its end
                .withMasterRules(rules(enforced, SafetyRule.REUSE)));
        MooncakeClient writer = cluster.client(false);
        MooncakeClient reader = cluster.client(false);
        put(writer, "old");
        stall.arm(AccessToken.Mode.READ);
        CompletableFuture<Optional<byte[]>> read = reader.getAsync("old");
        stall.awaitReached();
        assertThat(writer.remove("old")).isTrue();
        if (enforced) {
            assertThat(cluster.master().segment(0).heldOffBytes()).isEqualTo(BYTES);
            CompletableFuture<PutResult> next = writer.putAsync(KvEntry.of("new", value("new")));
            stall.release();
            assertThat(read.join()).hasValueSatisfying(bytes -> assertIs("old", bytes));
            assertThat(next.join().status()).isEqualTo(PutResult.Status.STORED);
        } else {
            put(writer, "new");
            stall.release();
            assertThat(read.join()).hasValueSatisfying(bytes -> assertIs("new", bytes));
        }
    }

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenMemoryOfAnUnansweredWriteIsReused(boolean enforced)
            throws InterruptedException {
        cluster.start(ONE_SLOT.withHook(stall)
                .withGrant(Duration.ofSeconds(10), Duration.ZERO, Duration.ofMillis(300))
                .withMasterRules(rules(enforced, SafetyRule.REUSE)));
        overwriteByStalledCopy(enforced);
    }

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenCutIsConfirmedTooEarly(boolean enforced) throws InterruptedException {
        cluster.start(ONE_SLOT.withHook(stall)
                .withGrant(Duration.ofSeconds(10), Duration.ZERO, Duration.ofMillis(300))
                .withNodeRules(rules(enforced, SafetyRule.SESSION_CUT)));
        overwriteByStalledCopy(enforced);
    }

    /** An attempt to write is given up while the node's thread stalls before its copy; somebody else wants the memory. */
    private void overwriteByStalledCopy(boolean enforced) throws InterruptedException {
        MooncakeClient late = cluster.build(cluster.clientBuilder(false).operationTimeout(Duration.ofSeconds(2)));
        MooncakeClient client = cluster.client(false);
        assertThat(late.exists("late")).isFalse(); // so that it is connected
        stall.arm(AccessToken.Mode.WRITE);
        CompletableFuture<PutResult> given = late.putAsync(KvEntry.of("late", value("late")));
        stall.awaitReached();
        given.handle((result, failure) -> result).join(); // a second try of it may have found memory
        if (enforced) {
            await().until(() -> cluster.master().segment(0).state() == Segment.State.SUSPECT); // it owes us the cut
            assertThat(cluster.master().quarantinedBytes()).isEqualTo(BYTES);
            CompletableFuture<PutResult> next = client.putAsync(KvEntry.of("new", value("new")));
            stall.release();
            assertThat(next.join().status()).isEqualTo(PutResult.Status.STORED);
            assertIs("new", client.get("new").orElseThrow());
        } else {
            put(client, "new");
            assertIs("new", client.get("new").orElseThrow());
            stall.release();
            // how much of it had arrived is up to the sockets
            await().untilAsserted(
                            () -> assertThat(client.get("new").orElseThrow()).startsWith(firstOf("late")));
        }
    }

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenCutGenerationComesBack(boolean enforced) throws IOException {
        cluster.start(ONE_SLOT.withNodeRules(rules(enforced, SafetyRule.GENERATION)));
        MooncakeClient client = cluster.client(false);
        RawClient raw = cluster.rawClient();
        RawClient.Grant grant = raw.start("late", BYTES).orElseThrow();
        AccessToken token = grant.target().token();
        try (RawWrite first = new RawWrite(grant.target())) {
            assertThat(first.greeting()).isEqualTo(ErrorCode.OK);
            first.begin(token, BYTES);
            first.send(ByteBuffer.wrap(value("late"), 0, BYTES / 2));
            assertThat(raw.revoke(grant, false)).isEqualTo(ErrorCode.OK);
            put(client, "new"); // waits for the cut
        }
        try (RawWrite again = new RawWrite(grant.target())) {
            if (enforced) {
                assertThat(again.greeting()).isEqualTo(ErrorCode.SESSION_CUT);
                assertIs("new", client.get("new").orElseThrow());
            } else {
                assertThat(again.greeting()).isEqualTo(ErrorCode.OK);
                assertThat(write(again, token, "late")).isEqualTo(ErrorCode.OK);
                assertIs("late", client.get("new").orElseThrow());
            }
        }
    }

    @ParameterizedTest(name = "enforced {0}")
    @ValueSource(booleans = {true, false})
    void shouldHandOutOtherBytesOnlyWhenNobodyChecksTokens(boolean enforced) throws IOException {
        cluster.start(ONE_SLOT.withNodeRules(rules(enforced, SafetyRule.TOKEN_CHECK)));
        MooncakeClient client = cluster.client(false);
        RawClient raw = cluster.rawClient();
        put(client, "mine");
        SegmentTarget readable = raw.find("mine");
        AccessToken token = readable.token();
        AccessToken forged = new AccessToken(
                AccessToken.Mode.WRITE,
                token.segmentId(),
                token.processNonce(),
                token.epoch(),
                token.clientId(),
                token.generation(),
                token.deadlineTicks(),
                token.regions(),
                token.offsets(),
                token.lengths(),
                token.mac());
        for (AccessToken tried : new AccessToken[] {token, forged}) {
            try (RawWrite write = new RawWrite(readable)) {
                assertThat(write.greeting()).isEqualTo(ErrorCode.OK);
                assertThat(write(write, tried, "evil")).isEqualTo(enforced ? ErrorCode.TOKEN_REFUSED : ErrorCode.OK);
            }
            assertIs(enforced ? "mine" : "evil", client.get("mine").orElseThrow());
        }
    }

    private static SafetyRules rules(boolean enforced, SafetyRule rule) {
        return enforced ? SafetyRules.ALL : SafetySwitches.allExcept(rule);
    }

    private static byte[] value(String key) {
        return VersionedValue.of(key, 1, BYTES);
    }

    private static byte[] firstOf(String key) {
        return Arrays.copyOf(value(key), 1024);
    }

    private static void put(MooncakeClient client, String key) {
        assertThat(client.put(key, value(key)).status()).isEqualTo(PutResult.Status.STORED);
    }

    private static ErrorCode write(RawWrite write, AccessToken token, String key) throws IOException {
        write.begin(token, BYTES);
        write.send(ByteBuffer.wrap(value(key)));
        return write.answer();
    }

    private static void assertIs(String key, byte[] bytes) {
        assertThat(VersionedValue.objection(key, ByteBuffer.wrap(bytes))).isEmpty();
    }
}
