package io.mooncake4j.bench;

import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.GrantResult;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PutTerms;
import io.mooncake4j.master.placement.Tenant;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * A thread that puts objects with random keys until there are enough, and from then on removes one for each that it puts. A
 * batch begins when one of those in flight has become durable; its latency is from its last record to then.
 */
final class ObjectChurn extends Thread {
    private static final int BATCH = 128;
    private static final long OBJECT_BYTES = 64 << 10;

    private final MasterCore core;
    private final Tenant tenant;
    private final UUID client;
    private final PutTerms terms = new PutTerms(1, 0, false, List.of(), "", false);
    private final List<Long> sizes = Collections.nCopies(BATCH, OBJECT_BYTES);
    private final SplittableRandom random;
    private final Semaphore inFlight;
    private final int depth;
    /** What each live object's key is made of. */
    private final long[] live;

    private final CountDownLatch full = new CountDownLatch(1);
    private final Recorder latencies = new Recorder(TimeUnit.MINUTES.toNanos(1), 3);
    private volatile boolean ended;

    ObjectChurn(MasterCore core, int objects, int depth, int number) {
        super("churn-" + number);
        this.core = core;
        this.tenant = core.objects().tenant("");
        this.client = new UUID(3, number);
        this.random = new SplittableRandom(number);
        this.inFlight = new Semaphore(depth);
        this.depth = depth;
        this.live = new long[objects / BATCH * BATCH];
    }

    void awaitFull() throws InterruptedException {
        full.await();
    }

    void end() {
        ended = true;
    }

    /** Adds those since the last call. */
    void takeLatencies(Histogram sum) {
        sum.add(latencies.getIntervalHistogram());
    }

    @Override
    public void run() {
        int at = 0;
        long sequence = 0;
        while (!ended) {
            inFlight.acquireUninterruptibly();
            Commit commit = new Commit();
            if (full.getCount() == 0) {
                at = random.nextInt(live.length / BATCH) * BATCH;
                remove(at, commit);
            }
            put(++sequence, at, commit);
            awaitDurable(commit);
            if (full.getCount() > 0) {
                at += BATCH;
                if (at == live.length) {
                    full.countDown();
                }
            }
        }
        inFlight.acquireUninterruptibly(depth);
    }

    private void awaitDurable(Commit commit) {
        long since = System.nanoTime();
        core.log().whenDurable(commit.sequence(), new ChangeLog.Waiter() {
            @Override
            public void durable() {
                latencies.recordValue(System.nanoTime() - since);
                inFlight.release();
            }

            @Override
            public void lost() {
                throw new IllegalStateException("the master leads no more");
            }
        });
    }

    private void put(long sequence, int from, Commit commit) {
        for (int i = from; i < from + BATCH; i++) {
            live[i] = random.nextLong();
        }
        KeyColumn keys = keys(from);
        long now = System.nanoTime();
        List<GrantResult> granted = core.puts().start(client, sequence, tenant, keys, sizes, terms, now);
        KeySlice key = new KeySlice(tenant);
        for (int i = 0; i < BATCH; i++) {
            var grant = granted.get(i).grant();
            if (grant == null) {
                throw new IllegalStateException("a put was refused: " + granted.get(i));
            }
            long checksum = live[from + i] & 0xffff_ffffL;
            require(core.puts().end(client, key.at(keys, i), grant.id(), 1, 0, checksum, commit, now));
        }
    }

    private void remove(int from, Commit commit) {
        KeyColumn keys = keys(from);
        KeySlice key = new KeySlice(tenant);
        long now = System.nanoTime();
        for (int i = 0; i < BATCH; i++) {
            require(core.removals().remove(key.at(keys, i), commit, now));
        }
    }

    private static void require(ErrorCode code) {
        if (code != ErrorCode.OK) {
            throw new IllegalStateException("the master answered " + code);
        }
    }

    /** Keys of 40 bytes. */
    private KeyColumn keys(int from) {
        List<String> keys = new ArrayList<>(BATCH);
        for (int i = from; i < from + BATCH; i++) {
            keys.add("kv/" + hex(live[i]) + hex(live[i] * 0x9e3779b97f4a7c15L) + "/tp-0");
        }
        return KeyColumn.of(keys);
    }

    private static String hex(long value) {
        char[] digits = new char[16];
        for (int i = 0; i < 16; i++) {
            digits[i] = Character.forDigit((int) (value >>> (60 - 4 * i)) & 15, 16);
        }
        return new String(digits);
    }
}
