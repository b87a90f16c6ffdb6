package io.mooncake4j.deploy.replay;

import io.mooncake4j.deploy.load.BlockStore;
import io.mooncake4j.deploy.load.BlockStore.Outcome;
import io.mooncake4j.deploy.load.BlockStore.Result;
import io.mooncake4j.deploy.load.ValuePattern;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One of a replay's clients: takes a request, reads its leading blocks that are present, writes the rest. */
final class ReplayThread implements Runnable {
    private final RequestQueue queue;
    private final ReplayOptions options;
    private final BlockStore store;
    private final ReplayTally tally;

    ReplayThread(RequestQueue queue, ReplayOptions options, BlockStore store, ReplayTally tally) {
        this.queue = queue;
        this.options = options;
        this.store = store;
        this.tally = tally;
    }

    @Override
    public void run() {
        for (TraceRequest request = queue.next(); request != null; request = queue.next()) {
            waitUntilDue(request);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            String failure = serve(request);
            tally.requests.increment();
            tally.blocks.add(request.blockIds().length);
            if (failure != null) {
                tally.fail(failure);
            }
        }
    }

    private void waitUntilDue(TraceRequest request) {
        long wait;
        while (options.realtime()
                && (wait = queue.nanosUntil(request)) > 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(wait);
        }
    }

    /** Null if all went well, else why not. */
    private @Nullable String serve(TraceRequest request) {
        List<String> keys = new ArrayList<>(request.blockIds().length);
        for (long blockId : request.blockIds()) {
            keys.add(options.key(blockId));
        }
        try {
            int hits = read(keys.subList(0, store.leadingPresent(keys)));
            tally.hits.add(hits);
            write(keys.subList(hits, keys.size()));
            return null;
        } catch (BlockFailure | RuntimeException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    /** Reads until a block turns out to be gone; the number of blocks before it. */
    private int read(List<String> keys) throws BlockFailure {
        for (int done = 0; done < keys.size(); ) {
            List<String> batch = keys.subList(done, Math.min(keys.size(), done + store.slots()));
            long start = System.nanoTime();
            List<Result> results = store.read(batch);
            ReplayTally.record(tally.readNanos, System.nanoTime() - start);
            int hits = check(batch, results);
            done += hits;
            if (hits < batch.size()) {
                return done;
            }
        }
        return keys.size();
    }

    /** Checks every byte that was read; the number of leading hits. */
    private int check(List<String> batch, List<Result> results) throws BlockFailure {
        int leading = 0;
        String failure = null;
        for (int i = 0; i < batch.size(); i++) {
            Result result = results.get(i);
            if (result.outcome() == Outcome.DONE) {
                String key = batch.get(i);
                ValuePattern.Mismatch mismatch = options.pattern(key).verify(store.slot(i), 0);
                tally.bytesRead.add(options.blockBytes());
                if (mismatch != null) {
                    tally.wrong(key, mismatch);
                }
                leading += leading == i ? 1 : 0;
            } else if (result.outcome() == Outcome.FAILED && failure == null) {
                failure = "get of " + batch.get(i) + ": " + result.reason();
            }
        }
        if (failure != null) {
            throw new BlockFailure(failure);
        }
        return leading;
    }

    private void write(List<String> keys) throws BlockFailure {
        for (int done = 0; done < keys.size(); ) {
            List<String> batch = keys.subList(done, Math.min(keys.size(), done + store.slots()));
            for (int i = 0; i < batch.size(); i++) {
                options.pattern(batch.get(i)).fill(store.slot(i), 0);
            }
            timedWrite(batch, tally.writeNanos);
            done += batch.size();
        }
    }

    private void timedWrite(List<String> batch, Histogram histogram) throws BlockFailure {
        long start = System.nanoTime();
        List<Result> results = store.write(batch);
        ReplayTally.record(histogram, System.nanoTime() - start);
        for (int i = 0; i < batch.size(); i++) {
            if (results.get(i).outcome() != Outcome.DONE) {
                throw new BlockFailure(
                        "put of " + batch.get(i) + ": " + results.get(i).reason());
            }
            tally.bytesWritten.add(options.blockBytes());
        }
    }

    /** A block could not be read or written, for another reason than being absent. */
    private static final class BlockFailure extends Exception {
        private static final long serialVersionUID = 1L;

        BlockFailure(String message) {
            super(message);
        }
    }
}
