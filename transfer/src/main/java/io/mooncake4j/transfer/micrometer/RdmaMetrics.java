package io.mooncake4j.transfer.micrometer;

import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.metrics.RdmaMetric;

/** Registers what clients and nodes have in common of RDMA. */
public final class RdmaMetrics {
    private RdmaMetrics() {}

    public static void bind(MeterBook book, RdmaMeters meters) {
        book.gauge(RdmaMetric.MISSING.metric(), () -> meters.isMissing() ? 1 : 0);
        book.gauge(RdmaMetric.QUEUE_PAIRS.metric(), meters.queuePairs()::sum);
        book.gauge(RdmaMetric.MEMORY_REGIONS.metric(), meters::memoryRegions);
        book.gauge(RdmaMetric.REGISTERED.metric(), meters::registeredBytes);
        meters.deviceErrors()
                .byName()
                .forEach((event, count) -> book.counter(RdmaMetric.DEVICE_ERRORS.metric(), count::sum, event));
    }
}
