package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.memory.PooledBuffer;
import io.mooncake4j.transfer.wire.Deadline;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/** A client's pool as it is registered with {@link FakeDevice}s, at its real addresses. */
public final class FakeMemory implements LocalMemory {
    static final int ARENA_KEY = -7;
    static final int SCRATCH_KEY = 8;

    private static final MethodHandle GET_LONG;
    private static final long ADDRESS_OFFSET;

    static {
        try { // by reflection: the compiler warns of Unsafe, which nothing but our natives can stand in for
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            Object it = instance.get(null);
            ADDRESS_OFFSET = (long) unsafe.getMethod("objectFieldOffset", Field.class)
                    .invoke(it, Buffer.class.getDeclaredField("address"));
            GET_LONG = MethodHandles.lookup()
                    .findVirtual(unsafe, "getLong", MethodType.methodType(long.class, Object.class, long.class))
                    .bindTo(it);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    final ByteBuffer arena;
    final ByteBuffer scratch = ByteBuffer.allocateDirect(64);
    private final BufferPool pool;
    private final long arenaAddress;
    private final long scratchAddress;

    public FakeMemory(BufferPool pool) {
        this.pool = pool;
        this.arena = pool.arena();
        this.arenaAddress = address(arena);
        this.scratchAddress = address(scratch);
    }

    @Override
    public long address(ByteBuffer direct) {
        try {
            return (long) GET_LONG.invokeExact((Object) direct, ADDRESS_OFFSET);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long arenaAddress() {
        return arenaAddress;
    }

    @Override
    public long arenaBytes() {
        return arena.capacity();
    }

    @Override
    public int arenaKey() {
        return ARENA_KEY;
    }

    @Override
    public long scratchAddress() {
        return scratchAddress;
    }

    @Override
    public int scratchKey() {
        return SCRATCH_KEY;
    }

    @Override
    public PooledBuffer lease(int bytes, Deadline deadline) {
        return pool.lease(bytes, deadline);
    }
}
