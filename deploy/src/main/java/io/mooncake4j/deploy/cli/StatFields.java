package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.CallStatistics;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.deploy.inspect.ObjectReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Cluster, nodes and objects as JSON. */
final class StatFields {
    private StatFields() {}

    static Fields cluster(ClusterStatus cluster) {
        return new Fields()
                .with("cluster_id", cluster.clusterId().toString())
                .with("term", cluster.term())
                .with("uptime_ms", cluster.uptime().toMillis())
                .with("objects", cluster.objects())
                .with("open_puts", cluster.openGrants())
                .with("memory", memory(cluster))
                .with("puts", cluster.putsCommitted())
                .with("put_bytes", cluster.putBytes())
                .with("gets_hit", cluster.getsHit())
                .with("gets_missed", cluster.getsMissed())
                .with("hit_rate", ratio(cluster.getsHit(), cluster.getsHit() + cluster.getsMissed()))
                .with("located_bytes", cluster.locatedBytes())
                .with("evicted_objects", cluster.evictedObjects())
                .with("evicted_bytes", cluster.evictedBytes())
                .with("grants_lapsed", cluster.grantsLapsed())
                .with("sessions_cut", cluster.sessionsCut())
                .with("nodes", nodes(cluster))
                .with("calls", calls(cluster.calls()))
                .with(
                        "journal",
                        cluster.journal() == null
                                ? null
                                : journal(cluster.journal()).asMap());
    }

    private static Fields journal(ClusterStatus.Journal journal) {
        return new Fields()
                .with("records", journal.records())
                .with("durable_records", journal.durableRecords())
                .with("lag_ms", journal.lag().toMillis())
                .with("queued_bytes", journal.queuedBytes())
                .with("etcd_size_bytes", journal.sizeBytes())
                .with("etcd_used_bytes", journal.usedBytes())
                .with("etcd_quota_bytes", journal.quotaBytes())
                .with("refusal", journal.refusal().isEmpty() ? null : journal.refusal())
                .with("advice", journal.advice());
    }

    static Fields memory(ClusterStatus cluster) {
        return new Fields()
                .with("size_bytes", Clients.capacityBytes(cluster))
                .with("used_bytes", NodeTable.usedBytes(cluster))
                .with("becoming_free_bytes", NodeTable.becomingFreeBytes(cluster));
    }

    static List<Fields> nodes(ClusterStatus cluster) {
        return cluster.segments().stream().map(StatFields::node).toList();
    }

    static Fields node(ClusterStatus.Segment node) {
        return new Fields()
                .with("name", node.name())
                .with("segment", node.id().toString())
                .with("state", node.state().name().toLowerCase(Locale.ROOT))
                .with("host", node.host())
                .with("data_port", node.dataPort())
                .with("size_bytes", node.sizeBytes())
                .with("used_bytes", node.usedBytes())
                .with("largest_free_bytes", node.largestFreeBytes())
                .with("leased_bytes", node.heldOffBytes())
                .with("quarantined_bytes", node.quarantinedBytes())
                .with("silent_ms", node.silent().toMillis());
    }

    static List<Fields> calls(List<CallStatistics> calls) {
        return calls.stream()
                .map(call -> new Fields()
                        .with("method", call.method())
                        .with("calls", call.answered())
                        .with("keys", call.keys())
                        .with("failed", call.failed())
                        .with("mean_us", micros(call, call.mean()))
                        .with("p50_us", micros(call, call.percentile(50)))
                        .with("p99_us", micros(call, call.percentile(99))))
                .toList();
    }

    static Fields object(ObjectReport object) {
        return new Fields()
                .with("key", object.key())
                .with("object_id", Long.toHexString(object.objectId()))
                .with("size_bytes", object.sizeBytes())
                .with("crc32c", object.checksum().equals("none") ? null : object.checksum())
                .with("pin", object.pin())
                .with("soft_pin_left_ms", object.softPinLeft().toMillis())
                .with("lease_left_ms", object.leaseLeft().toMillis())
                .with("idle_ms", object.idle().toMillis())
                .with(
                        "replicas",
                        object.replicas().stream().map(StatFields::replica).toList());
    }

    private static Fields replica(ObjectReport.Replica replica) {
        return new Fields()
                .with("node", replica.node())
                .with("segment", replica.segment().toString())
                .with("address", replica.address())
                .with("state", replica.state())
                .with(
                        "extents",
                        replica.extents().stream()
                                .map(extent -> new Fields()
                                        .with("region", extent.region())
                                        .with("offset", extent.offset())
                                        .with("length_bytes", extent.lengthBytes()))
                                .toList());
    }

    /** Null where there is nothing to share. */
    static @Nullable Double ratio(long part, long whole) {
        return whole == 0 ? null : (double) part / whole;
    }

    private static @Nullable Double micros(CallStatistics call, Duration time) {
        return call.answered() == 0 ? null : time.toNanos() / 1e3;
    }
}
