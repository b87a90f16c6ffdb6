package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClusterStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The nodes of a cluster for people. */
final class NodeTable {
    private NodeTable() {}

    static TextTable of(ClusterStatus cluster) {
        TextTable table =
                new TextTable("node", "state", "address", "size", "used", "largest free", "becoming free", "heard ago");
        for (ClusterStatus.Segment node : sorted(cluster)) {
            table.row(
                    Printable.of(node.name()),
                    state(node),
                    address(node),
                    Figures.size(node.sizeBytes()),
                    Figures.percent(node.usedBytes(), node.sizeBytes()),
                    Figures.size(node.largestFreeBytes()),
                    Figures.size(node.heldOffBytes() + node.quarantinedBytes()),
                    Figures.span(node.silent()));
        }
        return table;
    }

    private static List<ClusterStatus.Segment> sorted(ClusterStatus cluster) {
        return cluster.segments().stream()
                .sorted(Comparator.comparing(ClusterStatus.Segment::name).thenComparing(ClusterStatus.Segment::id))
                .toList();
    }

    static String state(ClusterStatus.Segment node) {
        return node.state().name().toLowerCase(Locale.ROOT);
    }

    static String address(ClusterStatus.Segment node) {
        return node.host() + ":" + node.dataPort();
    }

    /** Use of all memory that takes new objects. */
    static String memory(ClusterStatus cluster) {
        long size = Clients.capacityBytes(cluster);
        long used = usedBytes(cluster);
        return Figures.size(used) + " of " + Figures.size(size) + " used (" + Figures.percent(used, size) + "), "
                + Figures.size(becomingFreeBytes(cluster)) + " of that becoming free";
    }

    static long usedBytes(ClusterStatus cluster) {
        return usable(cluster).stream()
                .mapToLong(ClusterStatus.Segment::usedBytes)
                .sum();
    }

    /** Bytes of removed objects and given up puts that somebody may still read or write. */
    static long becomingFreeBytes(ClusterStatus cluster) {
        return usable(cluster).stream()
                .mapToLong(node -> node.heldOffBytes() + node.quarantinedBytes())
                .sum();
    }

    static long count(ClusterStatus cluster, ClusterStatus.State state) {
        return cluster.segments().stream().filter(node -> node.state() == state).count();
    }

    private static List<ClusterStatus.Segment> usable(ClusterStatus cluster) {
        return cluster.segments().stream()
                .filter(node -> node.state() == ClusterStatus.State.OK)
                .toList();
    }
}
