package io.mooncake4j.deploy.soak;

import io.mooncake4j.deploy.replay.ReplayTally;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What came of a soak, as Markdown, and whether that is well. */
final class SoakReport {
    private static final double MIB = 1 << 20;

    private final List<String> objections = new ArrayList<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);

    void happened(Fault fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    void object(String objection) {
        objections.add(objection);
    }

    boolean isWell() {
        return objections.isEmpty();
    }

    void print(
            PrintStream out,
            Duration ran,
            ReplayTally steady,
            Counts victims,
            CalmTimes calm,
            List<Inspection> inspections,
            Footprint allowedGrowth) {
        Counts all = Counts.of(steady).plus(victims);
        if (all.wrongBytes() > 0) {
            objections.add(all.wrongBytes() + " wrong bytes, the first in " + all.firstWrong());
        }
        if (all.hits() == 0 || calm.requests() == 0) {
            objections.add("nothing was read");
        }
        if (calm.failed() > 0) {
            objections.add(calm.failed() + " requests failed after recovery");
        }
        out.println("Ran " + ran.toSeconds() + " s, faults: " + faults);
        out.println();
        out.println("| | steady client | clients hit by faults |");
        out.println("|---|---|---|");
        row(out, "requests", steady.requests(), victims.requests());
        row(out, "blocks", steady.blocks(), victims.blocks());
        row(out, "blocks found", steady.hits(), victims.hits());
        row(out, "requests failed", steady.failedRequests(), victims.failed());
        row(out, "wrong bytes", steady.wrongBytes(), victims.wrongBytes());
        out.println();
        out.println("After recovery from the faults: " + calm.requests() + " requests, " + calm.failed() + " failed"
                + (steady.firstFailure().isEmpty() ? "" : "; the first failure of all: " + steady.firstFailure()));
        out.println();
        out.println("| of the steady client | p50 ms | p99 ms | p100 ms | p100 ms after recovery |");
        out.println("|---|---|---|---|---|");
        latencies(out, "get", steady.readNanos(), calm.getNanos());
        latencies(out, "put", steady.writeNanos(), calm.putNanos());
        out.println();
        out.println("| process | heap MiB | direct MiB | private MiB | files | threads |");
        out.println("|---|---|---|---|---|---|");
        for (Inspection each : inspections) {
            footprint(out, each, allowedGrowth);
        }
        out.println();
        out.println(isWell() ? "All is well." : "NOT WELL: " + String.join("; ", objections));
    }

    private static void row(PrintStream out, String name, long steady, long victims) {
        out.println("| " + name + " | " + steady + " | " + victims + " |");
    }

    private static void latencies(PrintStream out, String name, Histogram all, Histogram calm) {
        out.println(String.format(
                Locale.ROOT,
                "| %s | %.2f | %.1f | %.0f | %.0f |",
                name,
                all.getValueAtPercentile(50) / 1e6,
                all.getValueAtPercentile(99) / 1e6,
                all.getMaxValue() / 1e6,
                calm.getMaxValue() / 1e6));
    }

    private void footprint(PrintStream out, Inspection each, Footprint allowedGrowth) {
        Footprint early = each.early();
        Footprint late = each.late();
        if (!each.problem().isEmpty()) {
            out.println("| " + each.name() + " | " + each.problem() + " | | | | |");
            objections.add(each.name() + ": " + each.problem());
            return;
        }
        if (early == null || late == null) {
            out.println("| " + each.name() + " | replaced too late to be compared | | | | |");
            return;
        }
        out.println("| " + each.name() + " | " + mib(early.heapBytes(), late.heapBytes()) + " | "
                + mib(early.directBytes(), late.directBytes()) + " | "
                + mib(early.privateBytes(), late.privateBytes()) + " | " + early.files() + " → " + late.files() + " | "
                + early.threads() + " → " + late.threads() + " |");
        if (late.minus(early).exceeds(allowedGrowth)) {
            objections.add(each.name() + " grew beyond bounds");
        }
    }

    private static String mib(long early, long late) {
        return String.format(Locale.ROOT, "%.1f → %.1f", early / MIB, late / MIB);
    }
}
