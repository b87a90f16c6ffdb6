package io.mooncake4j.node.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mooncake4j.node.NodeStatus;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.metrics.HistogramFamily;
import io.mooncake4j.transfer.metrics.MetricSource;
import io.mooncake4j.transfer.micrometer.MeterBook;
import io.mooncake4j.transfer.micrometer.RdmaMetrics;
import java.util.List;

/** The metrics of a node. Safe for all threads. */
public final class NodeMetrics implements MeterBinder, MetricSource {
    /** The transport whose requests it sees; one-sided RDMA has none. */
    private static final String TCP = "tcp";

    private static final String READ = "read";
    private static final String WRITE = "write";

    private final NodeStatus status;
    private final DataMeters data;
    private final List<HistogramFamily> histograms;

    public NodeMetrics(NodeStatus status) {
        this.status = status;
        this.data = status.data();
        this.histograms = List.of(
                new HistogramFamily(
                        NodeMetric.TRANSFER_DURATION.metric(),
                        List.of(
                                new HistogramFamily.Row(
                                        List.of(TCP, READ), data.read().time()),
                                new HistogramFamily.Row(
                                        List.of(TCP, WRITE), data.written().time()))),
                HistogramFamily.of(NodeMetric.PING_DURATION.metric(), status.pings()));
    }

    @Override
    public List<HistogramFamily> histograms() {
        return histograms;
    }

    @Override
    public void refresh() {}

    @Override
    public void bindTo(MeterRegistry registry) {
        MeterBook book = new MeterBook(registry);
        book.gauge(NodeMetric.READY.metric(), () -> status.isReady() ? 1 : 0);
        book.gauge(NodeMetric.CAPACITY.metric(), status::capacityBytes);
        book.gauge(NodeMetric.EPOCH.metric(), status::epoch);
        book.gauge(NodeMetric.SESSIONS.metric(), status::tcpSessions, TCP);
        book.gauge(NodeMetric.SESSIONS.metric(), status::rdmaSessions, "rdma");
        book.counter(NodeMetric.SESSIONS_CUT.metric(), status::sessionsCut);
        book.counter(NodeMetric.TRANSFER_BYTES.metric(), () -> data.read().bytes(), TCP, READ);
        book.counter(NodeMetric.TRANSFER_BYTES.metric(), () -> data.written().bytes(), TCP, WRITE);
        data.refusals()
                .byReason()
                .forEach((reason, count) -> book.counter(NodeMetric.REFUSALS.metric(), count::sum, reason));
        book.counter(NodeMetric.PING_FAILURES.metric(), status::pingFailures);
        book.counter(NodeMetric.REPLICA_CHECKS.metric(), status.checks()::intact, "intact");
        book.counter(NodeMetric.REPLICA_CHECKS.metric(), status.checks()::corrupt, "corrupt");
        RdmaMetrics.bind(book, status.rdma());
    }
}
