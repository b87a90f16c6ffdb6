package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.LJ_Result;
import org.openjdk.jcstress.infra.results.LZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What is leased when buffers come back: every byte is leased to one, and comes back once. */
public class BufferPoolRaces {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int BLOCK = BuddyAllocator.MIN_BLOCK_BYTES;

    private BufferPoolRaces() {}

    private abstract static class Pool {
        final BufferPool pool;

        Pool(int blocks) {
            pool = new BufferPool(blocks * BLOCK);
        }

        final PooledBuffer lease(int blocks) {
            return pool.lease(blocks * BLOCK, Deadline.after(Duration.ZERO));
        }

        /** All of it is free, and whole. */
        final long leasedAfter(int blocks) {
            lease(blocks).close();
            return pool.leasedBytes();
        }
    }

    /** A transfer retains what its caller may close in the meantime. */
    @JCStressTest
    @Outcome(id = "closed, 0", expect = ACCEPTABLE, desc = "closed before")
    @Outcome(id = "4096, 0", expect = ACCEPTABLE, desc = "leased while the transfer ran")
    @State
    public static class TransferAndClose extends Pool {
        private final PooledBuffer buffer = lease(1);

        public TransferAndClose() {
            super(1);
        }

        @Actor
        public void transfer(LJ_Result r) {
            try {
                buffer.retain();
            } catch (StoreException closed) {
                r.r1 = "closed";
                return;
            }
            r.r1 = pool.leasedBytes();
            buffer.release();
        }

        @Actor
        public void close() {
            buffer.close();
        }

        @Arbiter
        public void after(LJ_Result r) {
            r.r2 = leasedAfter(1);
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE)
    @State
    public static class TransferAndTransfer extends Pool {
        private final PooledBuffer buffer = lease(1);

        public TransferAndTransfer() {
            super(1);
            buffer.retain();
            buffer.retain();
            buffer.close();
        }

        @Actor
        public void one() {
            buffer.release();
        }

        @Actor
        public void other() {
            buffer.release();
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = leasedAfter(1);
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE)
    @State
    public static class CloseAndClose extends Pool {
        private final PooledBuffer one = lease(1);
        private final PooledBuffer other = lease(1);

        public CloseAndClose() {
            super(2);
        }

        @Actor
        public void one() {
            one.close();
        }

        @Actor
        public void other() {
            other.close();
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = leasedAfter(2);
        }
    }

    @JCStressTest
    @Outcome(id = "8192", expect = ACCEPTABLE, desc = "each has bytes of its own")
    @State
    public static class LeaseAndLease extends Pool {
        private PooledBuffer one;
        private PooledBuffer other;

        public LeaseAndLease() {
            super(2);
        }

        @Actor
        public void one() {
            one = lease(1);
            one.buffer().put(0, (byte) 1);
        }

        @Actor
        public void other() {
            other = lease(1);
            other.buffer().put(0, (byte) 2);
        }

        @Arbiter
        public void after(J_Result r) {
            assertThat(one.buffer().get(0)).isEqualTo((byte) 1);
            assertThat(other.buffer().get(0)).isEqualTo((byte) 2);
            r.r1 = pool.leasedBytes();
        }
    }

    /** Who finds it full is woken by what comes back. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "long before its time")
    @State
    public static class WaitAndClose extends Pool {
        private final PooledBuffer old = lease(1);

        public WaitAndClose() {
            super(1);
        }

        @Actor
        public void lease(ZZ_Result r) {
            long begunNanos = System.nanoTime();
            pool.lease(BLOCK, Deadline.after(LONGEST));
            r.r1 = System.nanoTime() - begunNanos < LONGEST.toNanos() / 2;
        }

        @Actor
        public void close() {
            old.close();
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r2 = pool.leasedBytes() == BLOCK;
        }
    }

    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "it came back once")
    @State
    public static class CloseAndSameClose extends Pool {
        private final PooledBuffer buffer = lease(1);

        public CloseAndSameClose() {
            super(1);
        }

        @Actor
        public void once() {
            buffer.close();
        }

        @Actor
        public void again() {
            buffer.close();
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = leasedAfter(1);
        }
    }

    @JCStressTest
    @Outcome(id = "CLOSED, true", expect = ACCEPTABLE, desc = "long before its time")
    @State
    public static class WaitAndEndOfPool extends Pool {
        public WaitAndEndOfPool() {
            super(1);
            lease(1);
        }

        @Actor
        public void lease(LZ_Result r) {
            long begunNanos = System.nanoTime();
            try {
                pool.lease(BLOCK, Deadline.after(LONGEST));
            } catch (StoreException refused) {
                r.r1 = refused.code();
            }
            r.r2 = System.nanoTime() - begunNanos < LONGEST.toNanos() / 2;
        }

        @Actor
        public void close() {
            pool.close();
        }
    }
}
