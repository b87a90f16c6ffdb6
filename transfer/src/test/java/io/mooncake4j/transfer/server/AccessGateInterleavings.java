package io.mooncake4j.transfer.server;

import static io.mooncake4j.transfer.concurrency.Interleavings.check;
import static io.mooncake4j.transfer.concurrency.Interleavings.explore;
import static io.mooncake4j.transfer.concurrency.Interleavings.together;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a node learns of its master against the checks of tokens. */
class AccessGateInterleavings {
    private static final UUID SEGMENT = new UUID(2, 2);
    private static final Epoch FIRST = new Epoch(new UUID(3, 3), 1);
    private static final Epoch SECOND = new Epoch(new UUID(3, 3), 2);
    private static final SealKey KEY = new SealKey(new byte[32]);
    private static final AccessToken TOKEN = new AccessToken(
            AccessToken.Mode.WRITE,
            SEGMENT,
            9,
            FIRST,
            new UUID(1, 1),
            1,
            200,
            new int[0],
            new long[0],
            new long[0],
            new byte[AccessToken.MAC_BYTES]);

    private static final class NoRegions implements Regions {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public ByteBuffer region(int index) {
            throw new IndexOutOfBoundsException(index);
        }
    }

    private static AccessGate gate() {
        AccessGate gate = new AccessGate(new NoRegions(), SEGMENT, 9, SafetyRules.ALL);
        gate.adopt(FIRST, KEY, 100, 0, 0);
        return gate;
    }

    private static boolean accepts(AccessGate gate) {
        try {
            gate.verifyTime(TOKEN, 0);
            return true;
        } catch (StoreException refused) {
            return false;
        }
    }

    @Test
    void shouldRefuseTheOldEpochForGoodWhenANewOneIsAdopted() {
        explore(() -> {
            AccessGate gate = gate();
            boolean[] accepted = new boolean[2];
            together(() -> gate.adopt(SECOND, KEY, 100, 0, 0), () -> gate.learnClock(100, 0, 0), () -> {
                accepted[0] = accepts(gate);
                accepted[1] = accepts(gate);
            });
            check(accepted[0] || !accepted[1], "refused and accepted again");
            check(!accepts(gate), "accepted after the new epoch was adopted");
        });
    }

    /** A clock that was read late says more than is so; what a quick answer said before still holds. */
    @Test
    void shouldGoOnAcceptingWhenASlowAnswerTellsTheClock() {
        explore(() -> {
            AccessGate gate = gate();
            boolean[] accepted = new boolean[1];
            together(
                    () -> gate.learnClock(500, 0, 0),
                    () -> gate.adopt(FIRST, KEY, 600, 0, 0),
                    () -> accepted[0] = accepts(gate));
            check(accepted[0], "refused a token whose time is not over");
        });
    }
}
