package io.mooncake4j.deploy.replay;

import io.mooncake4j.deploy.load.ValuePattern;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What a replay counts, by all its threads, readable while it runs. */
public final class ReplayTally {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    final LongAdder requests = new LongAdder();
    final LongAdder blocks = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder bytesRead = new LongAdder();
    final LongAdder bytesWritten = new LongAdder();
    final LongAdder failedRequests = new LongAdder();
    final LongAdder wrongBytes = new LongAdder();
    final Histogram readNanos = new ConcurrentHistogram(LONGEST_NANOS, 3);
    final Histogram writeNanos = new ConcurrentHistogram(LONGEST_NANOS, 3);
    final AtomicReference<String> firstFailure = new AtomicReference<>("");
    final AtomicReference<String> firstWrong = new AtomicReference<>("");

    void fail(String reason) {
        failedRequests.increment();
        firstFailure.compareAndSet("", reason);
    }

    void wrong(String key, ValuePattern.Mismatch mismatch) {
        wrongBytes.add(mismatch.wrongBytes());
        firstWrong.compareAndSet(
                "", key + " from byte " + mismatch.position() + " on, " + mismatch.wrongBytes() + " bytes");
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(nanos, LONGEST_NANOS));
    }

    public long requests() {
        return requests.sum();
    }

    public long blocks() {
        return blocks.sum();
    }

    public long hits() {
        return hits.sum();
    }

    public long bytesRead() {
        return bytesRead.sum();
    }

    public long bytesWritten() {
        return bytesWritten.sum();
    }

    public long failedRequests() {
        return failedRequests.sum();
    }

    public long wrongBytes() {
        return wrongBytes.sum();
    }

    /** Latencies of batch reads. */
    public Histogram readNanos() {
        return readNanos;
    }

    /** Latencies of batch writes. */
    public Histogram writeNanos() {
        return writeNanos;
    }

    /** Why the first failed request failed; empty if none did. */
    public String firstFailure() {
        return Objects.requireNonNull(firstFailure.get());
    }

    /** Where the first wrong bytes were; empty if there were none. */
    public String firstWrong() {
        return Objects.requireNonNull(firstWrong.get());
    }
}
