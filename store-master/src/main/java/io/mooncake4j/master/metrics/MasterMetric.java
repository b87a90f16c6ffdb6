package io.mooncake4j.master.metrics;

import static io.mooncake4j.transfer.metrics.Metric.counter;
import static io.mooncake4j.transfer.metrics.Metric.gauge;
import static io.mooncake4j.transfer.metrics.Metric.histogram;

import io.mooncake4j.transfer.metrics.Metric;

/** Every metric of a master. Gauges of the leader are 0 on a standby, and have no rows for nodes there. */
public enum MasterMetric {
    ROLE(gauge("mooncake4j.master.role", "", "1 for what this master is, 0 for the other", "role")),
    READY(gauge("mooncake4j.master.ready", "", "1: it leads, or has read the placement and could take over")),
    EPOCH(gauge("mooncake4j.master.epoch", "", "Revision of the leader key of its term; 0 on a standby")),
    STANDBYS(gauge("mooncake4j.master.standbys", "", "Standbys that told this leader of themselves a moment ago")),
    TERMS(counter("mooncake4j.master.terms", "", "Terms as leader")),
    REQUEST_DURATION(
            histogram("mooncake4j.master.request.duration", "seconds", "Calls, from arrival to answer", "operation")),
    REQUEST_FAILURES(counter("mooncake4j.master.request.failures", "", "Calls that failed as a whole", "operation")),
    REQUEST_KEYS(counter("mooncake4j.master.request.keys", "", "Keys in calls", "operation")),

    OBJECTS(gauge("mooncake4j.store.objects", "", "Objects")),
    CAPACITY(gauge("mooncake4j.store.capacity", "bytes", "Memory that a node lends", "node")),
    USED(gauge("mooncake4j.store.used", "bytes", "Memory of a node that is not free", "node")),
    FREEING(gauge(
            "mooncake4j.store.freeing",
            "bytes",
            "Of what is used, what is on its way to free: waits for the end of leases, or of writers' sessions",
            "node",
            "reason")),
    LARGEST_FREE(gauge("mooncake4j.store.largest.free", "bytes", "Largest value that fits in one piece", "node")),
    NODE_SILENCE(gauge("mooncake4j.store.node.silence", "seconds", "Since the node was heard last", "node")),
    NODES(gauge("mooncake4j.store.nodes", "", "Nodes by state", "state")),
    NODES_DROPPED(counter("mooncake4j.store.nodes.dropped", "", "Nodes whose content was given up")),
    WRITE_GRANTS(gauge("mooncake4j.store.write.grants", "", "Puts that are open")),
    WRITE_GRANTS_LAPSED(counter("mooncake4j.store.write.grants.lapsed", "", "Puts that were silent for too long")),
    READ_LEASES(counter("mooncake4j.store.read.leases", "", "Read leases given or renewed, one a key")),
    READ_LEASES_RUNNING(gauge(
            "mooncake4j.store.read.leases.running",
            "",
            "Read leases given or renewed within the last lease time, about")),
    SESSIONS_CUT(counter("mooncake4j.store.sessions.cut", "", "Cuts of clients' sessions that nodes confirmed")),
    PUTS(counter("mooncake4j.store.puts", "", "Values made visible")),
    PUT_BYTES(counter("mooncake4j.store.put", "bytes", "Sizes of values made visible")),
    VALUE_SIZE(histogram("mooncake4j.store.value.size", "bytes", "Values made visible, by size")),
    GETS(counter("mooncake4j.store.gets", "", "Keys asked for by readers", "result")),
    LOCATED_BYTES(counter("mooncake4j.store.located", "bytes", "Sizes of values that readers were told of")),
    ALLOCATION_FAILURES(counter(
            "mooncake4j.store.allocation.failures",
            "",
            "Tries of puts without success: no room, no node so large, or refused as the journal takes nothing",
            "reason")),
    ALLOCATIONS_PARTIAL(counter("mooncake4j.store.allocations.partial", "", "Puts with fewer replicas than asked for")),
    EVICTED_OBJECTS(counter("mooncake4j.store.evicted.objects", "", "Objects evicted", "reason")),
    EVICTED_BYTES(counter("mooncake4j.store.evicted", "bytes", "Sizes of values evicted", "reason")),
    EVICTION_PASSES(
            counter("mooncake4j.store.eviction.passes", "", "Times that room was made, or none found", "result")),
    CORRUPTION_REPORTS(counter("mooncake4j.store.corruption.reports", "", "Replicas that readers found corrupt")),
    CORRUPT_REPLICAS(counter("mooncake4j.store.corrupt.replicas", "", "Replicas that their node found corrupt, too")),

    JOURNAL_RECORDS(
            counter("mooncake4j.journal.records", "", "Changes made by this leader, or applied by this standby")),
    JOURNAL_RECORD(
            gauge("mooncake4j.journal.record", "", "Number of the last record: durable, or applied by a standby")),
    JOURNAL_COMMIT_DURATION(histogram(
            "mooncake4j.journal.commit.duration", "seconds", "From the oldest change of a batch until it was durable")),
    JOURNAL_LAG(gauge("mooncake4j.journal.lag", "seconds", "How long the oldest change that isn't durable has waited")),
    JOURNAL_STANDBY_LAG(gauge(
            "mooncake4j.journal.standby.lag",
            "seconds",
            "Since this standby last knew that it had applied all there was")),
    JOURNAL_QUEUED(gauge("mooncake4j.journal.queued", "bytes", "Changes that wait to be durable")),
    JOURNAL_REFUSING(gauge("mooncake4j.journal.refusing", "", "1: no new puts are taken for now")),
    ETCD_REQUEST_DURATION(histogram(
            "mooncake4j.etcd.request.duration", "seconds", "Calls to etcd, failed ones included", "operation")),
    ETCD_ERRORS(counter("mooncake4j.etcd.errors", "", "Calls to etcd that failed", "kind")),
    ETCD_DATABASE_SIZE(gauge("mooncake4j.etcd.database.size", "bytes", "etcd's database; 0: not known")),
    ETCD_DATABASE_USED(gauge("mooncake4j.etcd.database.used", "bytes", "Of it, what is in use")),
    ETCD_DATABASE_QUOTA(gauge("mooncake4j.etcd.database.quota", "bytes", "What it may become"));

    private final Metric metric;

    MasterMetric(Metric metric) {
        this.metric = metric;
    }

    public Metric metric() {
        return metric;
    }
}
