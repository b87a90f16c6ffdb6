package io.mooncake4j.deploy.soak;

import io.mooncake4j.deploy.replay.ReplayTally;
import org.HdrHistogram.Histogram;

/** What a workload has done while nothing was wrong and all faults were long over: then nothing may fail. */
final class CalmTimes {
    private final ReplayTally tally;
    private final Histogram getNanos;
    private final Histogram putNanos;
    private Histogram getsBefore;
    private Histogram putsBefore;
    private long failedBefore;
    private long requestsBefore;
    private long failed;
    private long requests;

    CalmTimes(ReplayTally tally) {
        this.tally = tally;
        this.getsBefore = tally.readNanos().copy();
        this.putsBefore = tally.writeNanos().copy();
        this.getNanos = new Histogram(getsBefore);
        this.putNanos = new Histogram(putsBefore);
    }

    void begin() {
        getsBefore = tally.readNanos().copy();
        putsBefore = tally.writeNanos().copy();
        failedBefore = tally.failedRequests();
        requestsBefore = tally.requests();
    }

    void end() {
        add(getNanos, tally.readNanos().copy(), getsBefore);
        add(putNanos, tally.writeNanos().copy(), putsBefore);
        failed += tally.failedRequests() - failedBefore;
        requests += tally.requests() - requestsBefore;
    }

    private static void add(Histogram sum, Histogram after, Histogram before) {
        after.subtract(before);
        sum.add(after);
    }

    long failed() {
        return failed;
    }

    long requests() {
        return requests;
    }

    Histogram getNanos() {
        return getNanos;
    }

    Histogram putNanos() {
        return putNanos;
    }
}
