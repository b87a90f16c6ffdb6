package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a load has seen. A call may fail only if it overlaps the time of a fault, which the test begins and ends, and
 * then only some may.
 */
public final class Tally {
    private static final int KEPT = 10;

    /** During a fault: what waits fails once a deadline, and meanwhile the others go on. */
    private static final double MOST_FAILED_RATIO = 0.5;

    final LongAdder reads = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder stores = new LongAdder();
    final LongAdder existed = new LongAdder();
    final LongAdder removes = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final List<String> wrongs = new CopyOnWriteArrayList<>();
    private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();
    private final Map<String, String> examples = new ConcurrentSkipListMap<>();
    private final Map<ErrorCode, Boolean> codes = new ConcurrentSkipListMap<>();
    private final List<String> inexcusable = new CopyOnWriteArrayList<>();
    volatile long mismatches;
    private volatile boolean faultBegan;
    private volatile boolean faultEnded;
    private volatile long faultEndNanos;

    public long reads() {
        return reads.sum();
    }

    public long hits() {
        return hits.sum();
    }

    public long stores() {
        return stores.sum();
    }

    public long failures() {
        return failures.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Puts that found no room. */
    public long refusedAsFull() {
        LongAdder count = failures.get("put " + ErrorCode.NO_AVAILABLE_HANDLE);
        return count == null ? 0 : count.sum();
    }

    /** From now on calls may fail. */
    void faultBegins() {
        faultBegan = true;
    }

    /** A call that begins from now on must not fail. */
    void faultEnds() {
        faultEndNanos = System.nanoTime();
        faultEnded = true;
    }

    /** @param begunNanos when the call began */
    void failed(String what, ErrorCode code, String detail, long begunNanos) {
        failures.computeIfAbsent(what + " " + code, c -> new LongAdder()).increment();
        examples.putIfAbsent(what + " " + code, detail);
        codes.put(code, true);
        boolean excused = faultBegan && (!faultEnded || begunNanos - faultEndNanos < 0);
        if (!excused && inexcusable.size() < KEPT) {
            inexcusable.add(what + " " + code + " " + detail);
        }
    }

    void wrong(String what, Throwable why) {
        wrong.increment();
        if (wrongs.size() < KEPT) {
            wrongs.add(why == null ? what : what + ": " + why);
        }
        if (why != null) {
            why.printStackTrace();
        }
    }

    /** No byte was ever wrong, no checksum either, and nothing failed but what the fault excuses. */
    public Tally assertRight() {
        assertThat(wrongs).as("wrong reads, %s", this).isEmpty();
        assertThat(wrong.sum()).isZero();
        assertThat(mismatches).as("checksum mismatches, %s", this).isZero();
        assertThat(codes.keySet()).as("errors, %s", this).allMatch(ErrorCode::retryable);
        assertThat(hits.sum()).as("hits, %s", this).isPositive();
        assertThat(inexcusable).as("failures without a fault, %s", this).isEmpty();
        assertThat(failures()).as("failures, %s", this).isLessThanOrEqualTo((long) (MOST_FAILED_RATIO * calls()));
        return this;
    }

    private long calls() {
        return reads.sum() + stores.sum() + existed.sum() + removes.sum() + failures();
    }

    @Override
    public String toString() {
        return reads + " reads, " + hits + " hits, " + stores + " stored, " + existed + " existed, " + removes
                + " removed, " + wrong + " wrong, " + mismatches + " mismatches, failures " + failures + " as "
                + examples;
    }
}
