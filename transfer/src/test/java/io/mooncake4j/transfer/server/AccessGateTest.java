package io.mooncake4j.transfer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Times are numbers here: the gate has no clock of its own. */
class AccessGateTest {
    private static final long NONCE = 9;
    private static final long SECOND = 1_000_000_000L;

    private final UUID segment = UUID.randomUUID();
    private final UUID client = UUID.randomUUID();
    private final Epoch epoch = new Epoch(UUID.randomUUID(), 5);
    private final SealKey key = new SealKey(new byte[32]);
    private final AccessGate gate = new AccessGate(new OneRegion(), segment, NONCE, SafetyRules.ALL);

    @Test
    void shouldRefuseEverythingWhenNoEpochIsAdopted() {
        assertRefused(token(epoch, Long.MAX_VALUE), 0, "not joined");
    }

    @Test
    void shouldRefuseTokenOfOlderEpochWhenNewerIsAdopted() {
        gate.adopt(epoch, key, 0, 0, 0);
        AccessToken token = token(epoch, SECOND);
        verify(token, 0);
        Epoch newer = new Epoch(epoch.clusterId(), 6);
        gate.adopt(newer, key, 0, 0, 0);
        assertRefused(token, 0, "epoch");
        verify(token(newer, SECOND), 0);
    }

    @Test
    void shouldKeepNewerEpochWhenOlderLeaderAnswersLate() {
        gate.adopt(epoch, key, 0, 0, 0);
        Epoch older = new Epoch(epoch.clusterId(), 4);
        assertThatThrownBy(() -> gate.adopt(older, key, 0, 0, 0))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER));
        verify(token(epoch, SECOND), 0);
    }

    @Test
    void shouldKeepItsClusterWhenAnotherIsMet() {
        gate.adopt(epoch, key, 0, 0, 0);
        Epoch other = new Epoch(UUID.randomUUID(), 9);
        assertThatThrownBy(() -> gate.adopt(other, key, 0, 0, 0))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ILLEGAL_CLIENT));
        assertRefused(token(other, SECOND), 0, "epoch");
    }

    @Test
    void shouldRefuseWhenTokenBelongsToAnotherSession() {
        gate.adopt(epoch, key, 0, 0, 0);
        AccessToken token = token(epoch, SECOND);
        assertThatThrownBy(() -> gate.verify(token, AccessToken.Mode.READ, UUID.randomUUID(), 1, 0))
                .hasMessageContaining("another session");
        assertThatThrownBy(() -> gate.verify(token, AccessToken.Mode.READ, client, 2, 0))
                .hasMessageContaining("another session");
        assertThatThrownBy(() -> gate.verify(token, AccessToken.Mode.WRITE, client, 1, 0))
                .hasMessageContaining("permits to READ");
    }

    @Test
    void shouldEndTokenEarlyWhenClockWasLearntSlowly() {
        gate.adopt(epoch, key, 1000 * SECOND, 0, 3 * SECOND); // the clock may have been read just after 0
        AccessToken token = token(epoch, 1004 * SECOND);
        verify(token, 3 * SECOND);
        assertRefused(token, 4 * SECOND, "expired");
        gate.learnClock(1000 * SECOND + 1, 3 * SECOND, 3 * SECOND); // a quick answer: it was read late
        verify(token, 4 * SECOND);
        gate.learnClock(1001 * SECOND, SECOND, 4 * SECOND); // a slow one allows less, and takes nothing back
        verify(token, 4 * SECOND);
    }

    @Test
    void shouldForgetFormerClockWhenEpochChanges() {
        gate.adopt(epoch, key, 0, 0, 0);
        Epoch newer = new Epoch(epoch.clusterId(), 6);
        gate.adopt(newer, key, 1000 * SECOND, 0, 0); // another machine's ticks
        assertRefused(token(newer, 999 * SECOND), 0, "expired");
    }

    @Test
    void shouldRefuseWritesAtOnceAndReadsAfterTheGivenTimeWhenLeaderIsSucceeded() {
        gate.adopt(epoch, key, 0, 0, 0);
        AccessToken read = token(epoch, 100 * SECOND);
        AccessToken write = write(epoch);
        gate.verifyTime(write, 0);

        gate.supersede(5 * SECOND);

        assertThatThrownBy(() -> gate.verifyTime(write, 0)).hasMessageContaining("epoch");
        verify(read, 5 * SECOND - 1);
        assertRefused(read, 5 * SECOND, "epoch");
        Epoch newer = new Epoch(epoch.clusterId(), 7);
        SealKey newKey = SealKey.derive(new byte[1], segment, newer);
        gate.adopt(newer, newKey, 0, 0, 0);
        verify(read, 5 * SECOND - 1);
        verify(token(newer, SECOND).sealedBy(newKey), 0);
        gate.verifyTime(write(newer), 0);
        assertRefused(token(newer, SECOND), 0, "sealed");
        assertThatThrownBy(() -> gate.verifyTime(write, 0)).hasMessageContaining("epoch");
        assertRefused(read, 5 * SECOND, "epoch");
    }

    @Test
    void shouldEndReadsWithTheirOwnDeadlineWhenLeaderIsSucceeded() {
        gate.adopt(epoch, key, 0, 0, 0);
        gate.supersede(5 * SECOND);
        gate.adopt(new Epoch(epoch.clusterId(), 7), key, 1000 * SECOND, 0, 0); // another machine's ticks

        verify(token(epoch, 2 * SECOND), SECOND);
        assertRefused(token(epoch, 2 * SECOND), 2 * SECOND, "expired");
    }

    @Test
    void shouldNotTakeBackTheEpochWhenItsLeaderWasSucceeded() {
        gate.adopt(epoch, key, 0, 0, 0);
        gate.supersede(5 * SECOND);

        assertThatThrownBy(() -> gate.adopt(epoch, key, 0, 0, 0)).hasMessageContaining("NOT_LEADER");
        assertThatThrownBy(() -> gate.verifyTime(write(epoch), 0)).hasMessageContaining("epoch");
    }

    @Test
    void shouldWaitForTheEpochWhenTokenIsOfANewerOne() throws Exception {
        AtomicInteger met = new AtomicInteger();
        AccessGate waited = new AccessGate(new OneRegion(), segment, NONCE, SafetyRules.ALL, met::incrementAndGet);
        waited.adopt(epoch, key, 0, 0, 0);
        Epoch newer = new Epoch(epoch.clusterId(), 6);
        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> waited.awaitEpoch(token(newer, SECOND), 60 * SECOND));
        await().until(() -> met.get() == 1);
        assertThat(waiting).isNotDone();

        waited.supersede(SECOND);
        waited.adopt(newer, key, 0, 0, 0);

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
        waited.awaitEpoch(token(newer, SECOND), 60 * SECOND);
        waited.awaitEpoch(token(epoch, SECOND), 60 * SECOND);
        waited.awaitEpoch(token(new Epoch(UUID.randomUUID(), 9), SECOND), 60 * SECOND);
        assertThat(met).hasValue(1);
    }

    @Test
    void shouldWaitNoLongerWhenTheTimeIsOverOrNothingWillBeAdopted() {
        AccessToken early = token(epoch, SECOND);
        gate.awaitEpoch(early, SECOND / 100);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> gate.awaitEpoch(early, 60 * SECOND));

        gate.endWaits();

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
        assertRefused(early, 0, "not joined");
    }

    private AccessToken write(Epoch of) {
        AccessToken read = token(of, 100 * SECOND);
        return new AccessToken(
                AccessToken.Mode.WRITE,
                segment,
                NONCE,
                of,
                client,
                1,
                read.deadlineTicks(),
                read.regions(),
                read.offsets(),
                read.lengths(),
                read.mac());
    }

    private void verify(AccessToken token, long now) {
        assertThatCode(() -> gate.verify(token, AccessToken.Mode.READ, client, 1, now))
                .doesNotThrowAnyException();
    }

    private void assertRefused(AccessToken token, long now, String why) {
        assertThatThrownBy(() -> gate.verify(token, AccessToken.Mode.READ, client, 1, now))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOKEN_REFUSED))
                .hasMessageContaining(why);
    }

    private AccessToken token(Epoch of, long deadline) {
        return new AccessToken(
                        AccessToken.Mode.READ,
                        segment,
                        NONCE,
                        of,
                        client,
                        1,
                        deadline,
                        new int[0],
                        new long[0],
                        new long[0],
                        new byte[AccessToken.MAC_BYTES])
                .sealedBy(key);
    }

    static final class OneRegion implements Regions {
        static final int BYTES = 3000;
        private final ByteBuffer memory = ByteBuffer.allocate(BYTES);

        @Override
        public int count() {
            return 1;
        }

        @Override
        public ByteBuffer region(int index) {
            return memory;
        }
    }
}
