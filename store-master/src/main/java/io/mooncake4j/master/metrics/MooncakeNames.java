package io.mooncake4j.master.metrics;

import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.metrics.SizeHistogram;
import io.mooncake4j.transfer.wire.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The same values under Mooncake's names, where one means the same, so that dashboards for it work. Written as text: some of
 * the names are none that a library for Prometheus would let pass.
 *
 * <p>Here every call is a batch: it counts under the name of the single call and under that of the batch.
 */
public final class MooncakeNames {
    private static final Map<String, Method> CALLS = new LinkedHashMap<>();
    private static final List<String> BATCHES =
            List.of("exist_key", "get_replica_list", "put_start", "put_end", "put_revoke");

    static {
        CALLS.put("put_start", Method.PUT_START);
        CALLS.put("put_end", Method.PUT_END);
        CALLS.put("put_revoke", Method.PUT_REVOKE);
        CALLS.put("get_replica_list", Method.GET_REPLICAS);
        CALLS.put("exist_key", Method.EXISTS);
        CALLS.put("remove", Method.REMOVE);
        CALLS.put("remove_by_regex", Method.REMOVE_BY_REGEX);
        CALLS.put("remove_all", Method.REMOVE_ALL);
        CALLS.put("mount_segment", Method.MOUNT_SEGMENT);
        CALLS.put("unmount_segment", Method.LEAVE_SEGMENT);
        CALLS.put("ping", Method.PING);
    }

    private final MasterStatus status;

    public MooncakeNames(MasterStatus status) {
        this.status = status;
    }

    /** In Prometheus' text format. */
    public String text() {
        StringBuilder text = new StringBuilder();
        gauges(text);
        CALLS.forEach((name, method) -> calls(text, name, method));
        counters(text);
        sizes(text);
        return text.toString();
    }

    private void gauges(StringBuilder text) {
        MasterCore core = status.leading();
        List<Segment> segments = core == null ? List.of() : core.segmentTable().all();
        long objects = core == null ? 0 : core.objects().objectCount();
        line(text, "gauge", "master_key_count", objects);
        line(text, "gauge", "mem_cache_nums_", objects);
        line(
                text,
                "gauge",
                "master_soft_pin_key_count",
                core == null ? 0 : core.objects().softPinnedCount());
        line(
                text,
                "gauge",
                "master_active_clients",
                segments.stream().filter(Segment::readable).count());
        line(
                text,
                "gauge",
                "master_allocated_bytes",
                segments.stream().mapToLong(Segment::usedBytes).sum());
        line(
                text,
                "gauge",
                "master_total_capacity_bytes",
                segments.stream().mapToLong(Segment::sizeBytes).sum());
        line(
                text,
                "gauge",
                "master_put_start_discarded_staging_size",
                segments.stream().mapToLong(Segment::quarantinedBytes).sum());
        rows(text, "segment_allocated_bytes", segments, Segment::usedBytes);
        rows(text, "segment_total_capacity_bytes", segments, Segment::sizeBytes);
    }

    private static void rows(StringBuilder text, String name, List<Segment> segments, Function<Segment, Long> value) {
        Map<String, Long> byName = new LinkedHashMap<>();
        segments.forEach(segment -> byName.merge(segment.name(), value.apply(segment), Long::sum));
        type(text, "gauge", name);
        byName.forEach((segment, bytes) -> text.append(name)
                .append("{segment=\"")
                .append(segment.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .append("\"} ")
                .append(bytes)
                .append('\n'));
    }

    private void calls(StringBuilder text, String name, Method method) {
        long answered = 0;
        for (long count : status.calls().time(method).classes()) {
            answered += count;
        }
        long failed = status.calls().failed(method);
        line(text, "counter", "master_" + name + "_requests_total", answered);
        line(text, "counter", "master_" + name + "_failures_total", failed);
        if (BATCHES.contains(name)) {
            line(text, "counter", "master_batch_" + name + "_requests_total", answered);
            line(text, "counter", "master_batch_" + name + "_failures_total", failed);
            line(
                    text,
                    "counter",
                    "master_batch_" + name + "_items_total",
                    status.calls().keys(method));
        }
    }

    private void counters(StringBuilder text) {
        count(text, "master_put_start_alloc_failures_total", counted -> counted.putsFull);
        count(text, "master_put_start_partial_allocations_total", counted -> counted.putsPartial);
        count(text, "master_put_start_discard_cnt", counted -> counted.grantsLapsed);
        count(text, "mem_cache_hit_nums_", counted -> counted.getsHit);
        count(text, "mem_cache_hit_bytes_total", counted -> counted.locatedBytes);
        count(text, "valid_get_nums_", counted -> counted.getsHit);
        long gets = sum(counted -> counted.getsHit) + sum(counted -> counted.getsMissed);
        line(text, "counter", "total_get_nums_", gets);
        long freeing = sum(counted -> counted.evictionsFreeing);
        long attempted = freeing + sum(counted -> counted.evictionsFruitless);
        line(text, "counter", "master_successful_evictions_total", freeing);
        line(text, "counter", "master_successful_evictions_mem", freeing);
        line(text, "counter", "master_attempted_evictions_total", attempted);
        line(text, "counter", "master_attempted_evictions_mem", attempted);
        count(text, "master_evicted_key_count", counted -> counted.evictedObjects);
        count(text, "master_evicted_key_count_mem", counted -> counted.evictedObjects);
        count(text, "master_evicted_size_bytes", counted -> counted.evictedBytes);
        count(text, "master_evicted_size_bytes_mem", counted -> counted.evictedBytes);
    }

    private void sizes(StringBuilder text) {
        SizeHistogram sizes = status.counters().putSizes();
        String name = "master_value_size_bytes";
        type(text, "histogram", name);
        long[] counts = sizes.counts();
        double[] bounds = sizes.bounds();
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            String bound = i < bounds.length ? Long.toString((long) bounds[i]) : "+Inf";
            text.append(name + "_bucket{le=\"" + bound + "\"} " + below + "\n");
        }
        text.append(name + "_sum " + (long) sizes.sum() + "\n" + name + "_count " + below + "\n");
    }

    private void count(StringBuilder text, String name, Function<Counters, LongAdder> counter) {
        line(text, "counter", name, sum(counter));
    }

    private long sum(Function<Counters, LongAdder> counter) {
        return status.counters().sum(counter);
    }

    private static void line(StringBuilder text, String type, String name, long value) {
        type(text, type, name);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void type(StringBuilder text, String type, String name) {
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
