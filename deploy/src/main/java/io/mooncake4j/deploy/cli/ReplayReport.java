package io.mooncake4j.deploy.cli;

import io.mooncake4j.deploy.replay.ReplayTally;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** A replay's result for people. */
final class ReplayReport {
    private final ReplayTally tally;
    private final long nanos;
    private final List<String> comparisons = new ArrayList<>();

    ReplayReport(ReplayTally tally, long nanos) {
        this.tally = tally;
        this.nanos = nanos;
    }

    /** Adds a simulated cache to compare with. */
    void compare(String name, long hits) {
        comparisons.add(Figures.percent(hits, tally.blocks()) + "  " + name);
    }

    void print(PrintStream out, long evictedObjects) {
        long requests = tally.requests();
        line(out, "requests", Figures.count(requests) + " in " + Figures.time(nanos));
        line(out, "block hits", Figures.count(tally.hits()) + " of " + Figures.count(tally.blocks()));
        line(out, "hit rate", Figures.percent(tally.hits(), tally.blocks()));
        for (String comparison : comparisons) {
            line(out, "  simulated", comparison);
        }
        line(out, "read", Figures.rate(tally.bytesRead(), nanos) + ", " + Figures.size(tally.bytesRead()));
        line(out, "written", Figures.rate(tally.bytesWritten(), nanos) + ", " + Figures.size(tally.bytesWritten()));
        line(out, "get latency", latencies(tally.readNanos()));
        line(out, "put latency", latencies(tally.writeNanos()));
        line(out, "evictions", Figures.count(evictedObjects));
        line(out, "failed requests", tally.failedRequests() + because(tally.firstFailure()));
        line(out, "wrong bytes", tally.wrongBytes() + because(tally.firstWrong()));
    }

    private static String because(String first) {
        return first.isEmpty() ? "" : " (first: " + first + ")";
    }

    private static String latencies(Histogram nanos) {
        return "p50 " + Figures.percentile(nanos, 50) + ", p90 " + Figures.percentile(nanos, 90) + ", p99 "
                + Figures.percentile(nanos, 99) + ", max " + Figures.percentile(nanos, 100) + " of "
                + Figures.count(nanos.getTotalCount()) + " batches";
    }

    private static void line(PrintStream out, String name, String value) {
        out.printf("%s: %s%s%n", name, " ".repeat(Math.max(0, 15 - name.length())), value);
    }
}
