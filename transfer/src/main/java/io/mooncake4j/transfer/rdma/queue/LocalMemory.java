package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.wire.Deadline;
import java.nio.ByteBuffer;

/** This process's memory as the device of a link sees it. Safe for all threads. */
public interface LocalMemory {
    /** The address of a direct buffer's first byte, which is at position 0. */
    long address(ByteBuffer direct);

    /** Where the registered arena of the buffer pool begins. */
    long arenaAddress();

    long arenaBytes();

    int arenaKey();

    /** A few registered bytes into which reads go whose content nobody wants. */
    long scratchAddress();

    int scratchKey();

    /**
     * Leases a part of the arena.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException if there is none in time
     */
    PooledBuffer lease(int bytes, Deadline deadline);
}
