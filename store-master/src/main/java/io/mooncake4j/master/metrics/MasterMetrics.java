package io.mooncake4j.master.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdMeters;
import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.service.CallMeters;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.master.service.TermCounters;
import io.mooncake4j.transfer.metrics.Distribution;
import io.mooncake4j.transfer.metrics.HistogramFamily;
import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.metrics.MetricSource;
import io.mooncake4j.transfer.micrometer.MeterBook;
import io.mooncake4j.transfer.wire.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The metrics of a master, but for its journal's and its nodes', which it binds, too. Safe for all threads. */
public final class MasterMetrics implements MeterBinder, MetricSource {
    private final MasterStatus status;
    private final TermCounters counters;
    private final List<HistogramFamily> histograms;
    private @Nullable NodeRows nodes;

    public MasterMetrics(MasterStatus status) {
        this.status = status;
        this.counters = status.counters();
        this.histograms = List.of(
                HistogramFamily.of(MasterMetric.REQUEST_DURATION.metric(), requestTimes(status.calls())),
                HistogramFamily.of(MasterMetric.VALUE_SIZE.metric(), valueSizes(counters)),
                HistogramFamily.of(MasterMetric.JOURNAL_COMMIT_DURATION.metric(), status.commitTimes()),
                HistogramFamily.of(MasterMetric.ETCD_REQUEST_DURATION.metric(), etcdTimes(status.etcd())));
    }

    private static Map<String, LatencyHistogram> requestTimes(CallMeters calls) {
        Map<String, LatencyHistogram> times = new LinkedHashMap<>();
        for (Method method : Method.values()) {
            times.put(tag(method), calls.time(method));
        }
        return times;
    }

    private static Map<String, LatencyHistogram> etcdTimes(EtcdMeters etcd) {
        Map<String, LatencyHistogram> times = new LinkedHashMap<>();
        for (EtcdMeters.Operation operation : EtcdMeters.Operation.values()) {
            times.put(tag(operation), etcd.time(operation));
        }
        return times;
    }

    private static Distribution valueSizes(TermCounters counters) {
        return new Distribution() {
            @Override
            public double[] bounds() {
                return Counters.sizes().bounds();
            }

            @Override
            public long[] counts() {
                return counters.putSizes().counts();
            }

            @Override
            public double sum() {
                return counters.putSizes().sum();
            }
        };
    }

    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<HistogramFamily> histograms() {
        return histograms;
    }

    @Override
    public synchronized void refresh() {
        if (nodes != null) {
            nodes.refresh(status.leading(), System.nanoTime());
        }
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        MeterBook book = new MeterBook(registry);
        nodes = new NodeRows(book);
        bindMaster(book);
        bindStore(book);
        bindCounters(book);
        new JournalMetrics(status).bindTo(book);
        EtcdMeters etcd = status.etcd();
        for (EtcdException.Kind kind : EtcdException.Kind.values()) {
            book.counter(
                    MasterMetric.ETCD_ERRORS.metric(), () -> etcd.errors(kind).sum(), tag(kind));
        }
    }

    private void bindMaster(MeterBook book) {
        book.gauge(MasterMetric.ROLE.metric(), () -> status.leading() != null ? 1 : 0, "leader");
        book.gauge(MasterMetric.ROLE.metric(), () -> status.leading() != null ? 0 : 1, "standby");
        book.gauge(MasterMetric.READY.metric(), () -> status.isReady() ? 1 : 0);
        leader(book, MasterMetric.EPOCH, core -> core.epoch().revision());
        leader(book, MasterMetric.STANDBYS, core -> status.standbys().size());
        book.counter(MasterMetric.TERMS.metric(), counters::terms);
        CallMeters calls = status.calls();
        for (Method method : Method.values()) {
            book.counter(MasterMetric.REQUEST_FAILURES.metric(), () -> calls.failed(method), tag(method));
            book.counter(MasterMetric.REQUEST_KEYS.metric(), () -> calls.keys(method), tag(method));
        }
    }

    private void bindStore(MeterBook book) {
        leader(book, MasterMetric.OBJECTS, core -> core.objects().objectCount());
        book.gauge(MasterMetric.READ_LEASES_RUNNING.metric(), status::readLeases);
        leader(book, MasterMetric.WRITE_GRANTS, core -> core.puts().openGrants());
    }

    private void leader(MeterBook book, MasterMetric metric, ToDoubleFunction<MasterCore> value) {
        book.gauge(metric.metric(), () -> {
            MasterCore core = status.leading();
            return core == null ? 0 : value.applyAsDouble(core);
        });
    }

    private void bindCounters(MeterBook book) {
        count(book, MasterMetric.NODES_DROPPED, counted -> counted.segmentsDropped);
        count(book, MasterMetric.WRITE_GRANTS_LAPSED, counted -> counted.grantsLapsed);
        count(book, MasterMetric.SESSIONS_CUT, counted -> counted.sessionsCut);
        count(book, MasterMetric.PUTS, counted -> counted.putsCommitted);
        count(book, MasterMetric.PUT_BYTES, counted -> counted.putBytes);
        count(book, MasterMetric.GETS, counted -> counted.getsHit, "hit");
        count(book, MasterMetric.GETS, counted -> counted.getsMissed, "miss");
        count(book, MasterMetric.LOCATED_BYTES, counted -> counted.locatedBytes);
        count(book, MasterMetric.ALLOCATION_FAILURES, counted -> counted.putsFull, "full");
        count(book, MasterMetric.ALLOCATION_FAILURES, counted -> counted.putsTooLarge, "too_large");
        count(book, MasterMetric.ALLOCATION_FAILURES, counted -> counted.putsRefused, "refused");
        count(book, MasterMetric.ALLOCATIONS_PARTIAL, counted -> counted.putsPartial);
        count(book, MasterMetric.EVICTED_OBJECTS, counted -> counted.evictedOverWatermarkObjects, "watermark");
        count(book, MasterMetric.EVICTED_OBJECTS, counted -> counted.evictedForRoomObjects, "no_room");
        count(book, MasterMetric.EVICTED_BYTES, counted -> counted.evictedOverWatermarkBytes, "watermark");
        count(book, MasterMetric.EVICTED_BYTES, counted -> counted.evictedForRoomBytes, "no_room");
        count(book, MasterMetric.EVICTION_PASSES, counted -> counted.evictionsFreeing, "freed");
        count(book, MasterMetric.EVICTION_PASSES, counted -> counted.evictionsFruitless, "nothing");
        count(book, MasterMetric.CORRUPTION_REPORTS, counted -> counted.corruptionReports);
        count(book, MasterMetric.CORRUPT_REPLICAS, counted -> counted.corruptReplicas);
        book.counter(
                MasterMetric.READ_LEASES.metric(),
                () -> counters.sum(counted -> counted.getsHit) + counters.sum(counted -> counted.leasesRenewed));
    }

    private void count(MeterBook book, MasterMetric metric, Function<Counters, LongAdder> counter, String... values) {
        book.counter(metric.metric(), () -> counters.sum(counter), values);
    }
}
