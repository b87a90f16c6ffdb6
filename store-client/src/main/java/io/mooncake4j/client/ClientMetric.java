package io.mooncake4j.client;

import static io.mooncake4j.transfer.metrics.Metric.counter;
import static io.mooncake4j.transfer.metrics.Metric.gauge;
import static io.mooncake4j.transfer.metrics.Metric.histogram;

import io.mooncake4j.transfer.metrics.Metric;

/** Every metric of a client, as {@link MooncakeClientMetrics} binds it. */
public enum ClientMetric {
    /** A timer; its histogram and percentiles are the registry's choice. */
    OPERATION(histogram("mooncake4j.client.operation", "seconds", "Calls on keys", "operation", "outcome")),
    KEYS(counter("mooncake4j.client.keys", "", "Keys in calls by what became of them", "operation", "result")),
    /** A timer. */
    TRANSFER(histogram(
            "mooncake4j.client.transfer",
            "seconds",
            "Runs of a transport to or from a node",
            "transport",
            "direction")),
    TRANSFER_BYTES(
            counter("mooncake4j.client.transferred", "bytes", "Moved to and from nodes", "transport", "direction")),
    FALLBACKS(counter("mooncake4j.client.fallbacks", "", "Operations that RDMA left to TCP", "reason")),
    PAUSED_NODES(gauge("mooncake4j.client.paused.nodes", "", "Nodes left to TCP for a while, since RDMA failed there")),
    RDMA_ERRORS(counter("mooncake4j.rdma.completion.errors", "", "RDMA requests of this client that failed", "status")),
    REPLICA_FAILURES(counter(
            "mooncake4j.client.replica.failures",
            "",
            "Parts of replicas not read or written as a node failed",
            "reason")),
    LEASES_LAPSED(counter("mooncake4j.client.leases.lapsed", "", "Values not used since a lease or grant had ended")),
    CHECKSUM_MISMATCHES(counter("mooncake4j.client.checksum.mismatches", "", "Values read with a wrong checksum")),
    POOL_USED(gauge("mooncake4j.client.pool.used", "bytes", "Buffers that are leased")),
    POOL_CAPACITY(gauge("mooncake4j.client.pool.capacity", "bytes", "What can be leased at most")),
    POOL_COPIED(
            counter("mooncake4j.client.pool.copied", "bytes", "Copied to or from it, for RDMA knows no other memory")),
    CALLS(gauge("mooncake4j.client.calls", "", "Calls that run now"));

    private final Metric metric;

    ClientMetric(Metric metric) {
        this.metric = metric;
    }

    public Metric metric() {
        return metric;
    }
}
