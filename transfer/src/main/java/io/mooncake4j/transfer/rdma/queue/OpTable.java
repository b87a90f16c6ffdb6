package io.mooncake4j.transfer.rdma.queue;

import java.util.Arrays;

/** By operation of a run: what is still to come of it. One thread; allocates only to become larger. */
final class OpTable {
    /** No part of this run. */
    private static final long SKIPPED = -1;

    private static final long NOT_LOOKED_AT = Long.MAX_VALUE;

    private long[] leftBytes = new long[64];
    private boolean[] begun = new boolean[64];

    void reset(int ops) {
        if (leftBytes.length < ops) {
            leftBytes = new long[Integer.highestOneBit(ops) * 2];
            begun = new boolean[leftBytes.length];
        }
        Arrays.fill(leftBytes, 0, ops, NOT_LOOKED_AT);
        Arrays.fill(begun, 0, ops, false);
    }

    void expect(int op, long bytes) {
        leftBytes[op] = bytes;
    }

    void skip(int op) {
        leftBytes[op] = SKIPPED;
    }

    boolean skipped(int op) {
        return leftBytes[op] == SKIPPED;
    }

    /** Something of it may have reached the device. */
    void begun(int op) {
        begun[op] = true;
    }

    boolean hasBegun(int op) {
        return begun[op];
    }

    void moved(int op, int bytes) {
        leftBytes[op] -= bytes;
    }

    boolean complete(int op) {
        return leftBytes[op] == 0;
    }
}
