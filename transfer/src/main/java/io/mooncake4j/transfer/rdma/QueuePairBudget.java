package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;

/** How many queue pairs a node may still have. Safe for all threads. */
final class QueuePairBudget {
    private final int limit;
    private int taken;

    QueuePairBudget(int limit) {
        this.limit = limit;
    }

    /**
     * Takes as many as are left, at most so many.
     *
     * @throws StoreException OVERLOADED if none is left
     */
    synchronized int take(int wanted) {
        int left = limit - taken;
        if (left < 1) {
            throw new StoreException(
                    ErrorCode.OVERLOADED,
                    "all " + limit + " queue pairs of this node are in use; lower MC_NUM_QP_PER_EP or the number of"
                            + " clients, or add nodes");
        }
        int given = Math.min(wanted, left);
        taken += given;
        return given;
    }

    synchronized void give(int count) {
        taken -= count;
    }

    synchronized int taken() {
        return taken;
    }
}
