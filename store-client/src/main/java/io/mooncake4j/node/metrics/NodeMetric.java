package io.mooncake4j.node.metrics;

import static io.mooncake4j.transfer.metrics.Metric.counter;
import static io.mooncake4j.transfer.metrics.Metric.gauge;
import static io.mooncake4j.transfer.metrics.Metric.histogram;

import io.mooncake4j.transfer.metrics.Metric;

/** Every metric of a storage node. */
public enum NodeMetric {
    READY(gauge("mooncake4j.node.ready", "", "1: the leader has taken its segment")),
    CAPACITY(gauge("mooncake4j.node.capacity", "bytes", "Memory that it lends")),
    EPOCH(gauge("mooncake4j.node.epoch", "", "Of the leader that took its segment last; 0: none has")),
    SESSIONS(gauge(
            "mooncake4j.node.sessions",
            "",
            "Connections of clients that are open, by what they move bytes",
            "transport")),
    SESSIONS_CUT(counter("mooncake4j.node.sessions.cut", "", "Connections closed by a leader's order, or at its end")),
    TRANSFER_BYTES(counter(
            "mooncake4j.node.transfer",
            "bytes",
            "What clients read from it and wrote to it; one-sided RDMA is seen by clients only",
            "transport",
            "direction")),
    TRANSFER_DURATION(histogram(
            "mooncake4j.node.transfer.duration",
            "seconds",
            "Requests of clients, from arrival until the last byte was copied",
            "transport",
            "direction")),
    REFUSALS(counter("mooncake4j.node.refusals", "", "Requests refused", "reason")),
    PING_DURATION(histogram("mooncake4j.node.ping.duration", "seconds", "Until the leader answered")),
    PING_FAILURES(counter("mooncake4j.node.ping.failures", "", "Pings without an answer of the leader")),
    REPLICA_CHECKS(
            counter("mooncake4j.node.replica.checks", "", "Replicas read again by order of the leader", "result"));

    private final Metric metric;

    NodeMetric(Metric metric) {
        this.metric = metric;
    }

    public Metric metric() {
        return metric;
    }
}
