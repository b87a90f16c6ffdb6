package io.mooncake4j.transfer.rdma.cm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import io.mooncake4j.transfer.rdma.verbs.CmEventType;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in by rdma_cm, and what is left of it, without a device. */
class AdmissionsTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(20);

    private final LongAdder queuePairs = new LongAdder();
    private final Admissions admissions = new Admissions(queuePairs);
    private final AtomicInteger broken = new AtomicInteger();
    private final List<FakeId> ids = new ArrayList<>();

    /** Keeps down what it was told, in order. */
    private static final class FakeId implements IncomingId {
        final long handle;
        final List<String> told = new ArrayList<>();
        boolean acceptFails;
        int closesFail;
        Throwable closeFailure = new IOException("ibv_destroy_qp: EBUSY");
        Runnable whileRejected = () -> {};

        FakeId(long handle) {
            this.handle = handle;
        }

        @Override
        public long handle() {
            return handle;
        }

        @Override
        public void accept() throws IOException {
            told.add("accept");
            if (acceptFails) {
                throw new IOException("rdma_create_qp: ENOMEM");
            }
        }

        @Override
        public void reject(byte[] privateData) {
            whileRejected.run();
            told.add("reject " + Refusal.decode(privateData));
        }

        @Override
        public void close() throws IOException {
            if (closesFail-- > 0) {
                if (closeFailure instanceof Error error) {
                    throw error;
                }
                throw (IOException) closeFailure;
            }
            told.add("close");
        }
    }

    @Test
    void shouldBeReadyWhenAllQueuePairsAreEstablished() throws Exception {
        IncomingLink link = link(2, LONG);
        CompletableFuture<Void> ready = CompletableFuture.runAsync(() -> {
            try {
                link.awaitEstablished();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        request(link.ticket(), 1);
        request(link.ticket(), 0);
        happened(0, CmEventType.ESTABLISHED);
        assertThat(ready).isNotDone();
        happened(1, CmEventType.ESTABLISHED);
        assertThat(ready).succeedsWithin(Duration.ofSeconds(20));
        assertThat(ids).allSatisfy(id -> assertThat(id.told).containsExactly("accept"));
        assertThat(admissions.size()).isEqualTo(2);
        assertThat(queuePairs.sum()).isEqualTo(2);

        link.close();
        link.close();
        assertThat(ids).allSatisfy(id -> assertThat(id.told).containsExactly("accept", "close"));
        assertNothingIsLeft();
        assertThat(broken).hasValue(0);
    }

    @Test
    void shouldRejectAndCloseWhenTicketDoesNotHold() {
        IncomingLink link = link(2, LONG);
        request(link.ticket() + 1, 0);
        request(link.ticket(), 2);
        request(link.ticket(), 0);
        request(link.ticket(), 0);
        IncomingLink late = link(1, 0);
        request(late.ticket(), 0);
        request(new byte[56]);
        request(new byte[3]);
        assertThat(ids.get(0).told).containsExactly("reject UNKNOWN_TICKET", "close");
        assertThat(ids.get(1).told).containsExactly("reject USED_UP", "close");
        assertThat(ids.get(2).told).containsExactly("accept");
        assertThat(ids.get(3).told).containsExactly("reject USED_UP", "close");
        assertThat(ids.get(4).told).containsExactly("reject EXPIRED_TICKET", "close");
        assertThat(ids.get(5).told).containsExactly("reject NOT_OURS", "close");
        assertThat(ids.get(6).told).containsExactly("reject NOT_OURS", "close");
        link.close();
        late.close();
        request(link.ticket(), 1);
        assertThat(ids.get(7).told).containsExactly("reject UNKNOWN_TICKET", "close");
        assertNothingIsLeft();
    }

    @Test
    void shouldRefuseAndEndTheSessionWhenDeviceGivesNoQueuePair() {
        IncomingLink link = link(2, LONG);
        request(link.ticket(), 0);
        FakeId poor = new FakeId(1);
        poor.acceptFails = true;
        request(poor, new ConnectRequest(link.ticket(), 1).encode());
        assertThat(broken).hasValue(1);
        assertThatThrownBy(link::awaitEstablished)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ENOMEM");
        link.close();
        assertThat(poor.told).containsExactly("accept", "reject NO_RESOURCES", "close");
        assertThat(ids.get(0).told).containsExactly("accept", "close");
        assertNothingIsLeft();
    }

    @Test
    void shouldEndTheSessionWhenAQueuePairIsLost() throws Exception {
        IncomingLink link = link(1, LONG);
        request(link.ticket(), 0);
        happened(0, CmEventType.ESTABLISHED);
        link.awaitEstablished();
        happened(0, CmEventType.DISCONNECTED);
        assertThat(broken).hasValue(1);
        assertThatThrownBy(link::awaitEstablished).hasMessageContaining("DISCONNECTED");
        link.close();
        happened(0, CmEventType.DISCONNECTED); // comes too late, for nobody
        assertThat(broken).hasValue(1);
        assertNothingIsLeft();
    }

    @Test
    void shouldFailWhenNotAllComeInTime() {
        IncomingLink link = link(2, TimeUnit.MILLISECONDS.toNanos(50));
        request(link.ticket(), 0);
        happened(0, CmEventType.ESTABLISHED);
        assertThatThrownBy(link::awaitEstablished)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RPC_TIMEOUT))
                .hasMessageContaining("1 of 2");
        link.close();
        assertNothingIsLeft();
    }

    @Test
    void shouldStopWaitingWhenAbandoned() {
        IncomingLink link = link(1, LONG);
        CompletableFuture<Void> abandoning = CompletableFuture.runAsync(link::abandon);
        assertThatThrownBy(link::awaitEstablished).isInstanceOf(IOException.class);
        abandoning.join();
        link.close();
        assertNothingIsLeft();
    }

    /** Its id would be somebody else's by the time that it is rejected. */
    @Test
    void shouldNotCloseAnIdWhenItIsBeingRejected() throws Exception {
        IncomingLink link = link(1, LONG);
        FakeId poor = new FakeId(0);
        poor.acceptFails = true;
        AtomicReference<Thread> closing = new AtomicReference<>();
        poor.whileRejected = () -> {
            Thread thread = new Thread(link::close, "session");
            closing.set(thread);
            thread.start();
            await().until(() -> thread.getState() == Thread.State.BLOCKED || !thread.isAlive());
        };
        request(poor, new ConnectRequest(link.ticket(), 0).encode());
        closing.get().join();
        assertThat(poor.told).containsExactly("accept", "reject NO_RESOURCES", "close");
        assertThat(broken).hasValue(1);
        assertNothingIsLeft();
    }

    @Test
    void shouldNotWaitForAQueuePairInTheMakingWhenAbandoned() {
        IncomingLink link = link(1, LONG);
        FakeId slow = new FakeId(0);
        slow.acceptFails = true;
        slow.whileRejected =
                () -> assertThat(CompletableFuture.runAsync(link::abandon)).succeedsWithin(Duration.ofSeconds(20));
        request(slow, new ConnectRequest(link.ticket(), 0).encode());
        assertThatThrownBy(link::awaitEstablished).hasMessageContaining("connection has ended");
        link.close();
        assertNothingIsLeft();
    }

    /** S2: it must not be said to be gone while it is not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTryAgainWhenAQueuePairIsNotDestroyedAtOnce(boolean error) {
        IncomingLink link = link(1, LONG);
        FakeId slow = new FakeId(0);
        slow.closesFail = 1;
        slow.closeFailure = error ? new OutOfMemoryError("as told") : slow.closeFailure;
        request(slow, new ConnectRequest(link.ticket(), 0).encode());
        link.close();
        assertThat(slow.told).containsExactly("accept", "close");
        assertNothingIsLeft();
    }

    @Test
    void shouldGiveAHandleToTheNextWhenItIsUsedAgain() {
        IncomingLink first = link(1, LONG);
        request(new FakeId(5), new ConnectRequest(first.ticket(), 0).encode());
        first.close();
        IncomingLink second = link(1, LONG);
        request(new FakeId(5), new ConnectRequest(second.ticket(), 0).encode());
        admissions.happened(new CmEvent(CmEventType.DISCONNECTED, 0, 5, 0, new byte[0]));
        assertThatThrownBy(second::awaitEstablished).hasMessageContaining("DISCONNECTED");
        second.close();
        await().untilAsserted(this::assertNothingIsLeft);
    }

    private IncomingLink link(int queuePairs, long lifeNanos) {
        return new IncomingLink(admissions, queuePairs, System.nanoTime() + lifeNanos, broken::incrementAndGet);
    }

    private void request(long ticket, int index) {
        request(new ConnectRequest(ticket, index).encode());
    }

    private void request(byte[] privateData) {
        request(new FakeId(ids.size()), privateData);
    }

    private void request(FakeId id, byte[] privateData) {
        ids.add(id);
        admissions.requested(id, privateData, System.nanoTime());
    }

    private void happened(int id, CmEventType type) {
        admissions.happened(new CmEvent(type, 0, ids.get(id).handle, 0, new byte[0]));
    }

    private void assertNothingIsLeft() {
        assertThat(admissions.size()).isZero();
        assertThat(queuePairs.sum()).isZero();
        assertThat(admissions.tickets().size()).isZero();
    }
}
