package io.mooncake4j.transfer.server;

import io.mooncake4j.transfer.memory.NoRegions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.UUID;

/** A gate that follows the first leader, whose clock said 100 at the time 0, and write tokens that end at 200. */
abstract class GateFixture {
    static final Epoch FIRST = new Epoch(new UUID(3, 3), 1);
    static final Epoch SECOND = new Epoch(new UUID(3, 3), 2);
    static final SealKey KEY = new SealKey(new byte[32]);

    private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();
    private static final UUID SEGMENT = new UUID(2, 2);

    static final AccessToken OF_FIRST = token(AccessToken.Mode.WRITE, FIRST);
    static final AccessToken READ_OF_FIRST = token(AccessToken.Mode.READ, FIRST);
    static final AccessToken OF_SECOND = token(AccessToken.Mode.WRITE, SECOND);

    final AccessGate gate = new AccessGate(new NoRegions(), SEGMENT, 9, SafetyRules.ALL);

    GateFixture() {
        gate.adopt(FIRST, KEY, 100, 0, 0);
    }

    static AccessToken token(AccessToken.Mode mode, Epoch epoch) {
        return new AccessToken(
                mode,
                SEGMENT,
                9,
                epoch,
                new UUID(1, 1),
                1,
                200,
                new int[0],
                new long[0],
                new long[0],
                new byte[AccessToken.MAC_BYTES]);
    }

    /** Waits for the second leader; whether that ended long before its time. */
    final boolean waitedShortly() {
        long begunNanos = System.nanoTime();
        gate.awaitEpoch(OF_SECOND, LONGEST_NANOS);
        return System.nanoTime() - begunNanos < LONGEST_NANOS / 2;
    }

    /** Whether a token of the first leader's passes. */
    final boolean accepts() {
        return accepts(OF_FIRST);
    }

    final boolean accepts(AccessToken token) {
        try {
            gate.verifyTime(token, 0);
            return true;
        } catch (StoreException refused) {
            return false;
        }
    }
}
