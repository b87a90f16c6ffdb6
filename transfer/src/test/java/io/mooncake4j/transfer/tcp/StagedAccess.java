package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.server.DirectAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A way past a node's threads that only says what became of it. */
final class StagedAccess implements DirectAccess {
    static final byte[] OFFER = "come".getBytes(StandardCharsets.UTF_8);
    static final byte[] READY = "all that lies here".getBytes(StandardCharsets.UTF_8);

    final Queue<StagedPassage> passages = new ConcurrentLinkedQueue<>();
    /** Let whoever waits for a client go on. */
    final Semaphore arrivals = new Semaphore(0);
    /** As close() of each passage, which takes as long. */
    volatile CountDownLatch closing = new CountDownLatch(0);

    final AtomicInteger open = new AtomicInteger();

    @Override
    public Passage open(int lanes, Runnable end) {
        open.incrementAndGet();
        StagedPassage passage = new StagedPassage(lanes, end);
        passages.add(passage);
        return passage;
    }

    /** One that a client asked for. */
    final class StagedPassage implements Passage {
        final int lanes;
        final Runnable end;
        private final CountDownLatch abandoned = new CountDownLatch(1);

        private StagedPassage(int lanes, Runnable end) {
            this.lanes = lanes;
            this.end = end;
        }

        @Override
        public byte[] offer() {
            return OFFER;
        }

        @Override
        public byte[] awaitReady() throws IOException {
            try {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (!arrivals.tryAcquire(5, TimeUnit.MILLISECONDS)) {
                    if (abandoned.getCount() == 0 || System.nanoTime() - end >= 0) {
                        throw new IOException("abandoned");
                    }
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return READY;
        }

        @Override
        public void abandon() {
            abandoned.countDown();
        }

        @Override
        public void close() {
            try {
                closing.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            open.decrementAndGet();
        }
    }
}
