package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.rdma.verbs.Memory;
import io.mooncake4j.transfer.rdma.verbs.MemoryRegion;
import io.mooncake4j.transfer.rdma.verbs.PeerAccess;
import io.mooncake4j.transfer.rdma.verbs.ProtectionDomain;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's buffer pool, registered with a device as a whole, and a few bytes beside it that nobody reads. */
final class ClientMemory implements LocalMemory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientMemory.class);
    /** That it is registered as. */
    static final int REGIONS = 2;

    private static final int SCRATCH_BYTES = 64;

    private final BufferPool pool;
    /** Kept, since a registration doesn't keep what it registers. */
    private final ByteBuffer arena;

    private final ByteBuffer scratch;
    private final MemoryRegion arenaRegion;
    private final MemoryRegion scratchRegion;

    private ClientMemory(
            BufferPool pool,
            ByteBuffer arena,
            ByteBuffer scratch,
            MemoryRegion arenaRegion,
            MemoryRegion scratchRegion) {
        this.pool = pool;
        this.arena = arena;
        this.scratch = scratch;
        this.arenaRegion = arenaRegion;
        this.scratchRegion = scratchRegion;
    }

    /**
     * Registers a pool.
     *
     * @param iwarp there the answer to a read is a write of the peer, which our side must permit
     */
    static ClientMemory register(ProtectionDomain pd, BufferPool pool, boolean iwarp) throws IOException {
        ByteBuffer arena = pool.arena();
        ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
        PeerAccess access = iwarp ? PeerAccess.WRITE : PeerAccess.NONE;
        MemoryRegion scratchRegion = pd.register(Memory.address(scratch), SCRATCH_BYTES, access);
        try {
            MemoryRegion arenaRegion = pd.register(Memory.address(arena), arena.capacity(), access);
            return new ClientMemory(pool, arena, scratch, arenaRegion, scratchRegion);
        } catch (IOException e) {
            scratchRegion.close();
            throw new IOException(
                    "the client's buffer pool of " + arena.capacity() + " bytes can't be registered (" + e.getMessage()
                            + "); raise the limit of locked memory (ulimit -l), or make the pool smaller",
                    e);
        }
    }

    long registeredBytes() {
        return arenaRegion.lengthBytes() + scratchRegion.lengthBytes();
    }

    @Override
    public long address(ByteBuffer direct) {
        return Memory.address(direct);
    }

    @Override
    public long arenaAddress() {
        return arenaRegion.address();
    }

    @Override
    public long arenaBytes() {
        return arena.capacity();
    }

    @Override
    public int arenaKey() {
        return arenaRegion.localKey();
    }

    @Override
    public long scratchAddress() {
        return scratchRegion.address();
    }

    @Override
    public int scratchKey() {
        return scratchRegion.localKey();
    }

    @Override
    public PooledBuffer lease(int bytes, Deadline deadline) {
        return pool.lease(bytes, deadline);
    }

    /** When all links are closed. */
    @Override
    public void close() {
        try {
            arenaRegion.close();
            scratchRegion.close();
        } catch (IOException e) {
            LOG.warn("the buffer pool (and {} bytes) stays registered: {}", scratch.capacity(), e.getMessage());
        }
    }
}
