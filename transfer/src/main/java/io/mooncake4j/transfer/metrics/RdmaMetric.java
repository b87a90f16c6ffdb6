package io.mooncake4j.transfer.metrics;

import static io.mooncake4j.transfer.metrics.Metric.counter;
import static io.mooncake4j.transfer.metrics.Metric.gauge;

/** Every metric of RDMA that clients and nodes have in common. */
public enum RdmaMetric {
    MISSING(gauge("mooncake4j.rdma.missing", "", "1: RDMA was asked for and can't be had; bytes move over TCP")),
    QUEUE_PAIRS(gauge("mooncake4j.rdma.queue.pairs", "", "Queue pairs that there are")),
    MEMORY_REGIONS(gauge("mooncake4j.rdma.memory.regions", "", "Memory regions that are registered")),
    REGISTERED(gauge("mooncake4j.rdma.registered", "bytes", "Memory that is registered")),
    DEVICE_ERRORS(
            counter("mooncake4j.rdma.device.errors", "", "What the device said of itself or of a queue pair", "event"));

    private final Metric metric;

    RdmaMetric(Metric metric) {
        this.metric = metric;
    }

    public Metric metric() {
        return metric;
    }
}
