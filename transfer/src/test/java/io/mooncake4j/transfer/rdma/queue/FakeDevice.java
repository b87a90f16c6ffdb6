package io.mooncake4j.transfer.rdma.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The queues of one link and the node behind them: moves bytes for real, when it is polled, and checks everything that
 * it is asked. Queues complete in any order among each other. Fails as it is told. Not more than a real device promises:
 * a write that has completed was handed over, and is placed when a read behind it on its queue is answered, or later; one
 * that was not signalled may even be fetched from its memory that late.
 */
public final class FakeDevice implements QueueLink, Completions {
    /** What a request comes to that is told to fail, on some device. */
    public static final int REMOTE_ACCESS_ERROR = 10;

    public static final int FLUSHED = 5;

    private static final int BATCH = 8;
    private static final long NEVER = Long.MAX_VALUE;

    /** What was done to it that no device allows; what threw it would be swallowed. */
    public final List<String> violations = new CopyOnWriteArrayList<>();

    public int depth = 16;
    public int inlineBytes = 32;
    public int maxMessageBytes = 1 << 20;
    public boolean cutsAtPages;
    /** Writes are placed as late as it is allowed. */
    public boolean placesLate;
    /** By chance, a poll brings nothing, or little. */
    public boolean lingers;
    /** From this request on, counted over all queues, its queue does nothing any more. */
    public long loseAt = NEVER;
    /** This request fails, and its queue with it. */
    public long failAt = NEVER;

    public int failStatus = REMOTE_ACCESS_ERROR;
    /** This post throws, when half of it has been handed over. */
    public long failPostAt = NEVER;
    /** As often destroying a queue throws. */
    public int destroyFailures;
    /** When its queues are moved to error, what is outstanding never comes back. */
    public boolean losesFlushed;

    public volatile boolean stale;
    /** By region and byte: how often it was read or written. */
    public final byte[][] touched;

    public long requests;
    public long posts;
    public long signalled;
    public long mostOutstanding;
    public long flushReads;

    private final FakeMemory memory;
    private final ByteBuffer[] regions;
    private final FakeQueue[] queues;
    private final Random random;

    private long executed;
    private final long[] polledIds = new long[BATCH];
    private final int[] polledStatus = new int[BATCH];

    public FakeDevice(FakeMemory memory, int queues, Random random, ByteBuffer... regions) {
        this.memory = memory;
        this.random = random;
        this.regions = regions;
        this.queues = new FakeQueue[queues];
        this.touched = new byte[regions.length][];
        for (int i = 0; i < regions.length; i++) {
            touched[i] = new byte[regions[i].capacity()];
        }
        for (int i = 0; i < queues; i++) {
            this.queues[i] = new FakeQueue();
        }
    }

    /** What its queues still could do to anybody's memory. */
    public boolean isDestroyed() {
        for (FakeQueue queue : queues) {
            if (!queue.destroyed) {
                return false;
            }
        }
        return true;
    }

    public boolean isIdle() {
        for (FakeQueue queue : queues) {
            if (queue.posted != queue.executed) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public WorkQueue queue(int index) {
        return queues[index];
    }

    @Override
    public Completions completions() {
        return this;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public int inlineBytes() {
        return inlineBytes;
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public boolean cutsAtPages() {
        return cutsAtPages;
    }

    @Override
    public int regions() {
        return regions.length;
    }

    @Override
    public long regionAddress(int region) {
        return (region + 1L) << 40;
    }

    @Override
    public long regionBytes(int region) {
        return regions[region].capacity();
    }

    @Override
    public int regionKey(int region) {
        return -1000 - region;
    }

    @Override
    public boolean isStale() {
        return stale;
    }

    @Override
    public int poll() throws IOException {
        if (lingers && random.nextInt(3) == 0) {
            return 0;
        }
        int count = 0;
        int most = lingers ? 1 + random.nextInt(BATCH) : BATCH;
        int first = queues.length == 1 ? 0 : random.nextInt(queues.length);
        for (int i = 0; i < queues.length && count < most; i++) {
            FakeQueue queue = queues[(first + i) % queues.length];
            int steps = lingers ? random.nextInt(2 * depth) : Integer.MAX_VALUE;
            for (; steps > 0 && count < most && queue.executed < queue.posted && !queue.silent; steps--) {
                count += queue.execute(count);
            }
        }
        return count;
    }

    @Override
    public long wrId(int index) {
        return polledIds[index];
    }

    @Override
    public int status(int index) {
        return polledStatus[index];
    }

    @Override
    public String describe(int index) {
        return "status " + polledStatus[index];
    }

    private void check(boolean allowed, String otherwise) {
        if (!allowed) {
            violations.add(otherwise);
        }
    }

    private final class FakeQueue implements WorkQueue {
        private static final int ROOM = 4096;

        private final long[] ids = new long[ROOM];
        private final long[] locals = new long[ROOM];
        private final int[] localKeys = new int[ROOM];
        private final int[] lengths = new int[ROOM];
        private final long[] remotes = new long[ROOM];
        private final int[] remoteKeys = new int[ROOM];
        private final boolean[] writes = new boolean[ROOM];
        private final boolean[] signals = new boolean[ROOM];
        private final ArrayDeque<Runnable> late = new ArrayDeque<>();

        private long staged;
        private long posted;
        private long executed;
        private long freed;
        private int lastPosted;
        private boolean error;
        private boolean silent;
        private boolean destroyed;

        @Override
        public void stageRead(
                long wrId, long local, int localKey, int length, long remote, int remoteKey, boolean signal) {
            stage(false, wrId, local, localKey, length, remote, remoteKey, signal);
        }

        @Override
        public void stageWrite(
                long wrId,
                long local,
                int localKey,
                int length,
                long remote,
                int remoteKey,
                boolean signal,
                boolean inline) {
            check(inline == (length <= inlineBytes), "inline or not, wrongly");
            stage(true, wrId, local, localKey, length, remote, remoteKey, signal);
        }

        private void stage(
                boolean write,
                long wrId,
                long local,
                int localKey,
                int length,
                long remote,
                int remoteKey,
                boolean signal) {
            int at = (int) (staged++ % ROOM);
            writes[at] = write;
            ids[at] = wrId;
            locals[at] = local;
            localKeys[at] = localKey;
            lengths[at] = length;
            remotes[at] = remote;
            remoteKeys[at] = remoteKey;
            signals[at] = signal;
            check(!destroyed && !error, "staged on a queue that is at its end");
            check(length > 0 && length <= maxMessageBytes, "a message too short or too long");
            check(staged - freed <= depth, "more than its depth outstanding");
            mostOutstanding = Math.max(mostOutstanding, staged - freed);
            if (cutsAtPages && length <= 256) {
                long sender = write ? local : remote;
                check(sender / 4096 == (sender + length - 1) / 4096, "a short message crosses a page");
            }
            requests++;
            signalled += signal ? 1 : 0;
        }

        @Override
        public void post() throws IOException {
            check(!destroyed, "posted after the end");
            check(staged > posted, "nothing posted");
            if (posts++ == failPostAt) {
                lastPosted = (int) ((staged - posted) / 2);
                staged = posted + lastPosted;
                posted = staged;
                throw new IOException("ibv_post_send: ENOMEM (12)");
            }
            lastPosted = (int) (staged - posted);
            posted = staged;
        }

        @Override
        public int posted() {
            return lastPosted;
        }

        @Override
        public void toError() {
            check(!destroyed, "to error after the end");
            error = true;
            silent = losesFlushed;
        }

        @Override
        public void destroy() throws IOException {
            if (destroyFailures > 0) {
                destroyFailures--;
                throw new IOException("ibv_destroy_qp: EBUSY (16)");
            }
            destroyed = true;
            silent = true;
        }

        /** The next request; returns how many completions that made, to be stored from there on. */
        int execute(int polled) {
            long number = FakeDevice.this.executed++;
            int at = (int) (executed % ROOM);
            if (number >= loseAt && !error) {
                silent = true;
                FakeDevice.this.executed--;
                return 0;
            }
            executed++;
            int status = 0;
            if (error) {
                status = FLUSHED;
            } else if (number == failAt) {
                error = true;
                status = failStatus;
            } else {
                move(at);
            }
            if (status == 0 && !signals[at]) {
                return 0;
            }
            polledIds[polled] = ids[at];
            polledStatus[polled] = status;
            freed = executed;
            return 1;
        }

        private void move(int at) {
            int length = lengths[at];
            boolean flush = localKeys[at] == FakeMemory.SCRATCH_KEY;
            long localBase = flush ? memory.scratchAddress() : memory.arenaAddress();
            ByteBuffer local = flush ? memory.scratch : memory.arena;
            int region = -1000 - remoteKeys[at];
            long localIndex = locals[at] - localBase;
            if ((!flush && localKeys[at] != FakeMemory.ARENA_KEY)
                    || localIndex < 0
                    || localIndex + length > local.capacity()
                    || region < 0
                    || region >= regions.length) {
                violations.add("a wrong key or address here: " + localIndex + ", " + region);
                return;
            }
            long remoteIndex = remotes[at] - regionAddress(region);
            if (remoteIndex < 0 || remoteIndex + length > regionBytes(region)) {
                violations.add("outside the region: " + remoteIndex);
                return;
            }
            if (flush) {
                flushReads++;
            }
            for (int i = 0; i < length && !flush; i++) {
                touched[region][(int) remoteIndex + i]++;
            }
            if (!writes[at]) {
                place();
                local.put((int) localIndex, regions[region], (int) remoteIndex, length);
            } else if (placesLate) {
                // what is not signalled may be fetched as late as that, too
                byte[] taken = new byte[length];
                local.get((int) localIndex, taken);
                boolean fetchedLate = !signals[at];
                late.add(() -> {
                    if (fetchedLate) {
                        local.get((int) localIndex, taken);
                    }
                    regions[region].put((int) remoteIndex, taken);
                });
            } else {
                regions[region].put((int) remoteIndex, local, (int) localIndex, length);
            }
        }

        private void place() {
            while (!late.isEmpty()) {
                late.remove().run();
            }
        }
    }
}
