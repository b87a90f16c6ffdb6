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
    private final List<Comparison> comparisons = new ArrayList<>();

    private record Comparison(String cache, long hits) {}

    ReplayReport(ReplayTally tally, long nanos) {
        this.tally = tally;
        this.nanos = nanos;
    }

    /** Adds a simulated cache to compare with. */
    void compare(String name, long hits) {
        comparisons.add(new Comparison(name, hits));
    }

    void print(PrintStream out, long evictedObjects) {
        long requests = tally.requests();
        line(out, "requests", Figures.count(requests) + " in " + Figures.time(nanos));
        line(out, "block hits", Figures.count(tally.hits()) + " of " + Figures.count(tally.blocks()));
        line(out, "hit rate", Figures.percent(tally.hits(), tally.blocks()));
        for (Comparison other : comparisons) {
            line(out, "  simulated", Figures.percent(other.hits, tally.blocks()) + "  " + other.cache);
        }
        line(out, "read", Figures.rate(tally.bytesRead(), nanos) + ", " + Figures.size(tally.bytesRead()));
        line(out, "written", Figures.rate(tally.bytesWritten(), nanos) + ", " + Figures.size(tally.bytesWritten()));
        line(out, "get latency", latencies(tally.readNanos()));
        line(out, "put latency", latencies(tally.writeNanos()));
        line(out, "evictions", Figures.count(evictedObjects));
        line(out, "failed requests", tally.failedRequests() + because(tally.firstFailure()));
        line(out, "wrong bytes", tally.wrongBytes() + because(tally.firstWrong()));
    }

    Fields fields(long evictedObjects) {
        return new Fields()
                .with("requests", tally.requests())
                .with("elapsed_ms", nanos / 1_000_000)
                .with("blocks", tally.blocks())
                .with("block_hits", tally.hits())
                .with("hit_rate", StatFields.ratio(tally.hits(), tally.blocks()))
                .with(
                        "simulated",
                        comparisons.stream()
                                .map(other -> new Fields()
                                        .with("cache", other.cache)
                                        .with("hit_rate", StatFields.ratio(other.hits, tally.blocks())))
                                .toList())
                .with("read_bytes", tally.bytesRead())
                .with("written_bytes", tally.bytesWritten())
                .with("get_latency", micros(tally.readNanos()))
                .with("put_latency", micros(tally.writeNanos()))
                .with("evicted_objects", evictedObjects)
                .with("failed_requests", tally.failedRequests())
                .with("first_failure", tally.firstFailure())
                .with("wrong_bytes", tally.wrongBytes())
                .with("first_wrong", tally.firstWrong());
    }

    private static Fields micros(Histogram nanos) {
        return new Fields()
                .with("batches", nanos.getTotalCount())
                .with("p50_us", nanos.getValueAtPercentile(50) / 1e3)
                .with("p90_us", nanos.getValueAtPercentile(90) / 1e3)
                .with("p99_us", nanos.getValueAtPercentile(99) / 1e3)
                .with("max_us", nanos.getMaxValue() / 1e3);
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
