package io.mooncake4j.deploy.replay;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests to the replaying threads, in order, and serves each one to the cache models in that same order. Safe
 * for all threads.
 */
final class RequestQueue {
    private final Iterator<TraceRequest> requests;
    private final List<? extends CacheModel> models;
    private final long[] modelHits;
    private final long startNanos = System.nanoTime();
    private final long durationNanos;
    private long left;

    RequestQueue(Iterator<TraceRequest> requests, ReplayOptions options, List<? extends CacheModel> models) {
        this.requests = requests;
        this.models = models;
        this.modelHits = new long[models.size()];
        this.left = options.requests();
        this.durationNanos = options.duration().toNanos();
    }

    /** The next request, or null when the run is over. */
    synchronized @Nullable TraceRequest next() {
        if (left <= 0 || elapsedNanos() >= durationNanos || !requests.hasNext()) {
            return null;
        }
        left--;
        TraceRequest request = requests.next();
        for (int i = 0; i < modelHits.length; i++) {
            modelHits[i] += models.get(i).serve(request.blockIds());
        }
        return request;
    }

    /** Ends the run: nothing more is handed out. */
    synchronized void stop() {
        left = 0;
    }

    long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    long nanosUntil(TraceRequest request) {
        return TimeUnit.MILLISECONDS.toNanos(request.timestampMillis()) - elapsedNanos();
    }

    /** Hits of each model so far. */
    synchronized long[] modelHits() {
        return modelHits.clone();
    }
}
