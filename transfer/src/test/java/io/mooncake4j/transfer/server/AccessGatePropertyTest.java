package io.mooncake4j.transfer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessGateTest.OneRegion;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import java.math.BigInteger;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class AccessGatePropertyTest {
    private static final long SECOND = 1_000_000_000L;

    private final UUID segment = UUID.randomUUID();
    private final UUID client = UUID.randomUUID();
    private final Epoch epoch = new Epoch(UUID.randomUUID(), 5);
    private final SealKey key = new SealKey(new byte[32]);

    /** S9: clocks start anywhere and differ by 1 % at most. */
    @Property(tries = 300)
    void shouldNeverServeAfterMastersDeadline(
            @ForAll Random random,
            @ForAll @IntRange(min = -100, max = 100) int driftPerMyriad,
            @ForAll @LongRange(min = -1_000_000 * SECOND, max = 1_000_000 * SECOND) long offset) {
        // the master's clock is the true time; the node's runs at another rate
        MasterClock clock = new MasterClock(driftPerMyriad, offset);
        long deadline = clock.master(0) + 60 * SECOND;
        AccessToken token =
                token(deadline, new int[0], new long[0], new long[0]).sealedBy(key);
        long now = offset;
        AccessGate gate = new AccessGate(new OneRegion(), segment, 9, SafetyRules.ALL);
        boolean adopted = false;
        int served = 0;
        for (int i = 0; i < 100; i++) {
            long sent = now;
            long read = sent + random.nextLong(SECOND / 5);
            long received = read + random.nextLong(SECOND / 5);
            if (adopted && random.nextInt(3) > 0) {
                gate.learnClock(clock.masterAtNode(read), sent, received);
            } else {
                gate.adopt(epoch, key, clock.masterAtNode(read), sent, received);
                adopted = true;
            }
            now = received + random.nextLong(SECOND);
            boolean accepted;
            try {
                gate.verify(token, AccessToken.Mode.READ, client, 1, now);
                accepted = true;
                served++;
            } catch (StoreException e) {
                accepted = false;
            }
            long left = deadline - clock.masterAtNode(now);
            assertThat(accepted && left <= 0)
                    .as("served %d ns before the deadline", left)
                    .isFalse();
            assertThat(!accepted && left > 2 * SECOND)
                    .as("refused %d ns before the deadline", left)
                    .isFalse();
        }
        assertThat(served).isPositive();
    }

    @Property(tries = 500)
    void shouldNeverLeaveRangeOrRegion(
            @ForAll long start, @ForAll long granted, @ForAll long offset, @ForAll long length, @ForAll boolean small) {
        long from = small ? Math.floorMod(start, 2000) : start;
        long range = small ? Math.floorMod(granted, 2000) : granted;
        long at = small ? Math.floorMod(offset, 2000) : offset;
        long size = small ? Math.floorMod(length, 2000) : length;
        AccessGate gate = new AccessGate(new OneRegion(), segment, 9, SafetyRules.ALL);
        AccessToken token = token(0, new int[] {0}, new long[] {from}, new long[] {range});
        BigInteger end = BigInteger.valueOf(at).add(BigInteger.valueOf(size));
        boolean inRange = at >= 0 && size >= 0 && end.compareTo(BigInteger.valueOf(range)) <= 0;
        boolean inRegion =
                from >= 0 && end.add(BigInteger.valueOf(from)).compareTo(BigInteger.valueOf(OneRegion.BYTES)) <= 0;
        if (inRange && inRegion) {
            assertThat(gate.position(token, 0, at, size)).isEqualTo((int) (from + at));
        } else {
            assertThatThrownBy(() -> gate.position(token, 0, at, size)).isInstanceOf(StoreException.class);
        }
    }

    private AccessToken token(long deadline, int[] regions, long[] offsets, long[] lengths) {
        return new AccessToken(
                AccessToken.Mode.READ,
                segment,
                9,
                epoch,
                client,
                1,
                deadline,
                regions,
                offsets,
                lengths,
                new byte[AccessToken.MAC_BYTES]);
    }

    private record MasterClock(int driftPerMyriad, long nodeStart) {
        long master(long elapsed) {
            return 77 * SECOND + elapsed;
        }

        long masterAtNode(long nodeNanos) {
            long elapsed = nodeNanos - nodeStart;
            return master(elapsed + elapsed / 10_000 * driftPerMyriad);
        }
    }
}
