package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.CallStatistics;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.ClusterStatus.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How {@code top} shows a sample: as a screen, a line or JSON. */
final class TopView {
    private static final String LINE = "%-8s %5s %6s %11s %10s %6s %8s %10s %8s %9s %9s %9s";
    /** Shown always, so that the table stays still; others only when they were called. */
    private static final List<String> MAIN_CALLS = List.of("PUT_START", "PUT_END", "GET_REPLICAS", "EXISTS");

    /** Come from nodes, and from watching. */
    private static final List<String> OWN_CALLS = List.of("LIST_SEGMENTS", "PING");

    private TopView() {}

    static String lineHeader() {
        return String.format(
                LINE,
                "time",
                "nodes",
                "used",
                "objects",
                "gets/s",
                "hits",
                "GB/s out",
                "puts/s",
                "GB/s in",
                "evicted/s",
                "get p50",
                "get p99");
    }

    static String line(TopSample sample) {
        CallStatistics get = sample.call("GET_REPLICAS");
        return String.format(
                LINE,
                TimeOfDay.clock(),
                NodeTable.count(sample.now(), State.OK),
                used(sample.now()),
                Figures.count(sample.now().objects()),
                count(sample.perSecond(sample.gets())),
                percent(sample.hitRate()),
                gigabytes(sample.perSecond(ClusterStatus::locatedBytes)),
                count(sample.perSecond(ClusterStatus::putsCommitted)),
                gigabytes(sample.perSecond(ClusterStatus::putBytes)),
                count(sample.perSecond(ClusterStatus::evictedObjects)),
                time(get, 50),
                time(get, 99));
    }

    /** Lines of a whole screen. */
    static List<String> screen(TopSample sample, String master) {
        ClusterStatus now = sample.now();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        out.println("mooncake4j top   master " + master + "   up " + Figures.span(now.uptime()) + "   answers in "
                + Figures.time(sample.roundTripNanos()) + "   " + TimeOfDay.clock() + ", Ctrl-C ends");
        out.println();
        line(out, "nodes", nodes(now));
        line(out, "memory", NodeTable.memory(now));
        line(out, "objects", Figures.count(now.objects()) + ", open puts " + Figures.count(now.openGrants()));
        line(
                out,
                "gets",
                count(sample.perSecond(sample.gets())) + "/s, hit rate " + percent(sample.hitRate()) + ", "
                        + gigabytes(sample.perSecond(ClusterStatus::locatedBytes)) + " GB/s located");
        line(
                out,
                "puts",
                count(sample.perSecond(ClusterStatus::putsCommitted)) + "/s, "
                        + gigabytes(sample.perSecond(ClusterStatus::putBytes)) + " GB/s");
        line(
                out,
                "evicted",
                count(sample.perSecond(ClusterStatus::evictedObjects)) + "/s, "
                        + gigabytes(sample.perSecond(ClusterStatus::evictedBytes)) + " GB/s");
        line(
                out,
                "since start",
                Figures.count(now.grantsLapsed()) + " puts lapsed, " + Figures.count(now.sessionsCut())
                        + " sessions cut");
        out.println();
        NodeTable.of(now).print(out);
        out.println();
        calls(sample).print(out);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String nodes(ClusterStatus now) {
        return NodeTable.count(now, State.OK) + " ok, " + NodeTable.count(now, State.SUSPECT) + " suspect, "
                + NodeTable.count(now, State.OFFLINE) + " offline";
    }

    private static TextTable calls(TopSample sample) {
        TextTable table = new TextTable("call at the master", "calls/s", "keys/s", "failed/s", "mean", "p50", "p99");
        for (CallStatistics call : sample.calls()) {
            boolean shown = MAIN_CALLS.contains(call.method()) || call.answered() > 0;
            if (shown && !OWN_CALLS.contains(call.method())) {
                table.row(
                        call.method(),
                        count(sample.perSecond(call.answered())),
                        count(sample.perSecond(call.keys())),
                        count(sample.perSecond(call.failed())),
                        call.answered() == 0 ? "-" : Figures.time(call.mean().toNanos()),
                        time(call, 50),
                        time(call, 99));
            }
        }
        return table;
    }

    static Fields fields(TopSample sample) {
        ClusterStatus now = sample.now();
        return new Fields()
                .with("time", TimeOfDay.iso())
                .with("cluster_id", now.clusterId().toString())
                .with("term", now.term())
                .with("uptime_ms", now.uptime().toMillis())
                .with("interval_ms", sample.interval().toMillis())
                .with("round_trip_us", sample.roundTripNanos() / 1e3)
                .with("objects", now.objects())
                .with("open_puts", now.openGrants())
                .with("memory", StatFields.memory(now))
                .with("gets_per_second", tenths(sample.perSecond(sample.gets())))
                .with("hit_rate", sample.hitRate())
                .with("located_bytes_per_second", Math.round(sample.perSecond(ClusterStatus::locatedBytes)))
                .with("puts_per_second", tenths(sample.perSecond(ClusterStatus::putsCommitted)))
                .with("put_bytes_per_second", Math.round(sample.perSecond(ClusterStatus::putBytes)))
                .with("evicted_objects_per_second", tenths(sample.perSecond(ClusterStatus::evictedObjects)))
                .with("evicted_bytes_per_second", Math.round(sample.perSecond(ClusterStatus::evictedBytes)))
                .with("grants_lapsed", now.grantsLapsed())
                .with("sessions_cut", now.sessionsCut())
                .with("calls", StatFields.calls(sample.calls()))
                .with("nodes", StatFields.nodes(now));
    }

    private static double tenths(double perSecond) {
        return Math.round(perSecond * 10) / 10.0;
    }

    private static void line(PrintStream out, String name, String value) {
        out.printf("%-12s %s%n", name, value);
    }

    private static String used(ClusterStatus now) {
        return percent(StatFields.ratio(NodeTable.usedBytes(now), Clients.capacityBytes(now)));
    }

    private static String percent(@Nullable Double ratio) {
        return ratio == null ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * ratio);
    }

    private static String count(double perSecond) {
        return Figures.count(Math.round(perSecond));
    }

    private static String gigabytes(double bytesPerSecond) {
        return String.format(Locale.ROOT, "%.2f", bytesPerSecond / 1e9);
    }

    private static String time(CallStatistics call, double percent) {
        return call.answered() == 0
                ? "-"
                : Figures.time(call.percentile(percent).toNanos());
    }
}
