package io.mooncake4j.transfer.rdma.cm;

import java.security.SecureRandom;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tickets that were given and not taken back: each admits so many queue pairs, each index once, until it expires. Times
 * are of the monotonic clock. Safe for all threads.
 */
final class TicketTable<T> {
    /** A ticket doesn't hold. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final Refusal why;

        private RefusedException(Refusal why) {
            super(why.text());
            this.why = why;
        }

        Refusal why() {
            return why;
        }
    }

    private record Given<T>(T owner, int uses, long endNanos, BitSet used) {}

    private final Map<Long, Given<T>> given = new HashMap<>();
    private final LongSupplier random;

    TicketTable() {
        this(new SecureRandom()::nextLong);
    }

    /** @param random what nobody can guess */
    TicketTable(LongSupplier random) {
        this.random = random;
    }

    /** A ticket for queue pairs 0 to {@code uses - 1}, which holds before that nanoTime. */
    synchronized long give(T owner, int uses, long endNanos) {
        long ticket = random.getAsLong();
        while (given.containsKey(ticket)) {
            ticket = random.getAsLong();
        }
        given.put(ticket, new Given<>(owner, uses, endNanos, new BitSet(uses)));
        return ticket;
    }

    /** Uses a ticket up for one queue pair, and says whose it is. */
    synchronized T claim(long ticket, int index, long nowNanos) throws RefusedException {
        Given<T> found = given.get(ticket);
        if (found == null) {
            throw new RefusedException(Refusal.UNKNOWN_TICKET);
        }
        if (nowNanos - found.endNanos >= 0) {
            throw new RefusedException(Refusal.EXPIRED_TICKET);
        }
        if (index < 0 || index >= found.uses || found.used.get(index)) {
            throw new RefusedException(Refusal.USED_UP);
        }
        found.used.set(index);
        return found.owner;
    }

    /** Forgets a ticket. */
    synchronized void takeBack(long ticket) {
        given.remove(ticket);
    }

    synchronized int size() {
        return given.size();
    }
}
