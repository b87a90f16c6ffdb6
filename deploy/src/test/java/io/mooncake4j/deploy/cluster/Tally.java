package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What a load has seen. */
public final class Tally {
    private static final int KEPT = 10;

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
    volatile long mismatches;

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

    void putFailed(ErrorCode code, String detail) {
        failed("put", code, detail);
    }

    void getFailed(ErrorCode code, String detail) {
        failed("get", code, detail);
    }

    void removeFailed(ErrorCode code, String detail) {
        failed("remove", code, detail);
    }

    private void failed(String what, ErrorCode code, String detail) {
        failures.computeIfAbsent(what + " " + code, c -> new LongAdder()).increment();
        examples.putIfAbsent(what + " " + code, detail);
        codes.put(code, true);
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

    /** No byte was ever wrong, no checksum either, and what failed may pass. */
    public Tally assertRight() {
        assertThat(wrongs).as("wrong reads, %s", this).isEmpty();
        assertThat(wrong.sum()).isZero();
        assertThat(mismatches).as("checksum mismatches, %s", this).isZero();
        assertThat(codes.keySet()).as("errors, %s", this).allMatch(ErrorCode::retryable);
        assertThat(hits.sum()).as("hits, %s", this).isPositive();
        return this;
    }

    public void assertNothingFailed() {
        assertThat(failures()).as("failures, %s", this).isZero();
    }

    @Override
    public String toString() {
        return reads + " reads, " + hits + " hits, " + stores + " stored, " + existed + " existed, " + removes
                + " removed, " + wrong + " wrong, " + mismatches + " mismatches, failures " + failures + " as "
                + examples;
    }
}
