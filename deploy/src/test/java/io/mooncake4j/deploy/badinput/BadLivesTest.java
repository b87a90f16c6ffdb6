package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.Stall;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is pulled away or changed in the middle of a transfer, at the moment when it matters; the store is unharmed. */
class BadLivesTest {
    private static final String KEY = "key";
    /** More than the sockets between client and node hold. */
    private static final int BYTES = 10 << 20;
    /** So that others get a buffer while this one is in use. */
    private static final int HALF_THE_POOL = 8 << 20;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    private final Stall stall = new Stall();
    private Unharmed unharmed;

    @BeforeEach
    void start() {
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(1, 32 << 20, 16 << 20)
                .withLease(Duration.ofMillis(100))
                .withGrant(Duration.ofMillis(500), Duration.ofMillis(50), Duration.ofSeconds(30))
                .withHook(stall));
        unharmed = new Unharmed(cluster);
    }

    private static void assertRight(ByteBuffer value) {
        assertThat(VersionedValue.objection(KEY, value)).isEmpty();
    }

    private static ErrorCode failureOf(CompletableFuture<?> future) {
        try {
            future.join();
            return ErrorCode.OK;
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(StoreException.class);
            return ((StoreException) e.getCause()).code();
        }
    }

    private CompletableFuture<PutResult> stalledPut(MooncakeClient client, KvEntry entry) throws InterruptedException {
        stall.arm(token -> token.mode() == Mode.WRITE && token.clientId().equals(ClientSeams.clientId(client)));
        CompletableFuture<PutResult> put = client.putAsync(entry);
        stall.awaitReached();
        return put;
    }

    @Test
    void shouldPutRightBytesWhenTheBufferIsClosedInMidTransfer() throws InterruptedException {
        MooncakeClient client = unharmed.client();
        CompletableFuture<PutResult> put;
        try (KvBuffer buffer = client.lease(HALF_THE_POOL)) {
            VersionedValue.fill(KEY, 1, buffer.byteBuffer());
            put = stalledPut(client, KvEntry.of(KEY, buffer));
        }
        // what comes free meanwhile must not be the buffer's memory
        try (KvBuffer other = client.lease(1 << 20)) {
            VersionedValue.fill("other", 2, other.byteBuffer());
            stall.release();
            assertThat(put.join().status()).isEqualTo(PutResult.Status.STORED);
        }
        assertThat(client.get(KEY)).hasValueSatisfying(got -> assertRight(ByteBuffer.wrap(got)));
        client.remove(KEY);
        unharmed.check();
    }

    @Test
    void shouldFailTypedWhenTheClientIsClosedInMidTransfer() throws InterruptedException {
        MooncakeClient hasty = cluster.build(cluster.clientBuilder(true).closeTimeout(Duration.ofMillis(50)));
        CompletableFuture<PutResult> put = stalledPut(hasty, KvEntry.of(KEY, VersionedValue.of(KEY, 1, BYTES)));
        hasty.close();
        assertThat(failureOf(put)).isIn(ErrorCode.CLOSED, ErrorCode.TRANSFER_FAIL, ErrorCode.OUTCOME_UNKNOWN);
        stall.release();
        assertThat(unharmed.client().get(KEY)).isEmpty();
        unharmed.check();
    }

    @Test
    void shouldGetRightBytesWhenTheKeyIsRemovedInMidTransfer() throws InterruptedException {
        MooncakeClient reader = cluster.client(false);
        MooncakeClient other = unharmed.client();
        other.put(KEY, VersionedValue.of(KEY, 1, BYTES));
        ByteBuffer target = ByteBuffer.allocateDirect(BYTES);
        stall.arm(token -> token.mode() == Mode.READ && token.clientId().equals(ClientSeams.clientId(reader)));
        CompletableFuture<OptionalLong> get = reader.getIntoAsync(KvEntry.of(KEY, target));
        stall.awaitReached();
        assertThat(other.remove(KEY)).isTrue();
        assertThat(other.get(KEY)).isEmpty();
        // the memory is wanted, and comes only after the read lease has ended
        assertThat(other.put("next", VersionedValue.of("next", 2, 2 * BYTES - (6 << 20)))
                        .status())
                .isEqualTo(PutResult.Status.STORED);
        stall.release();
        OptionalLong size = get.join();
        if (size.isPresent()) {
            assertRight(target);
        }
        other.remove("next");
        unharmed.check();
    }

    @Test
    void shouldReportAndDropItWhenTheSourceChangedDuringThePut() throws InterruptedException {
        MooncakeClient client = unharmed.client();
        int oneOperation = 8 << 20; // several go over several connections, of which one is stalled
        ByteBuffer source = ByteBuffer.allocateDirect(oneOperation);
        VersionedValue.fill(KEY, 1, source);
        CompletableFuture<PutResult> put = stalledPut(client, KvEntry.of(KEY, source));
        source.put(oneOperation - 1, (byte) ~source.get(oneOperation - 1)); // these bytes have not left yet
        stall.release();
        assertThat(put.join().status()).isEqualTo(PutResult.Status.STORED);

        MooncakeClient reader = cluster.client(true);
        await().untilAsserted(() -> {
            assertThat(getOrNothing(reader)).isNull();
            assertThat(cluster.master().objects()).isEqualTo(1); // the kept one: the replica was dropped
        });
        assertThat(ClientSeams.checksumMismatches(reader)).isGreaterThanOrEqualTo(2);
        assertThat(client.put(KEY, VersionedValue.of(KEY, 2, BYTES)).status()).isEqualTo(PutResult.Status.STORED);
        assertThat(reader.get(KEY)).hasValueSatisfying(got -> assertRight(ByteBuffer.wrap(got)));
        client.remove(KEY);
        reader.close();
        unharmed.check();
    }

    /** Null for a miss, or for no bytes because those that came were wrong. */
    private static byte[] getOrNothing(MooncakeClient reader) {
        try {
            return reader.get(KEY).orElse(null);
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
            return null;
        }
    }
}
