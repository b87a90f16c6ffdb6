package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.CallStatistics;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.inspect.Inspector;
import io.mooncake4j.deploy.inspect.ObjectReport;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stat}. */
@Command(
        name = "stat",
        description = {
            "Show the cluster, one node, or objects.",
            "Without arguments: the cluster, its nodes, what was done since the master's start, and how long the master's"
                    + " calls took there. With keys: where each object is, who holds it, and whether it is pinned."
                    + " Looking takes no lease and counts as no access."
        },
        footer = {
            "  mooncake4j stat",
            "  mooncake4j stat --node 10.0.0.7:50052",
            "  mooncake4j stat model/0 model/1",
            "  mooncake4j stat --json | jq '.nodes[] | {name, used_bytes}'"
        })
final class StatCommand extends StoreCommand {
    @ArgGroup
    private What what = new What();

    private static final class What {
        @Parameters(paramLabel = "KEY", arity = "0..*", description = "Show these objects instead of the cluster.")
        private List<String> keys = List.of();

        @Option(names = "--node", paramLabel = "NAME", description = "Show all that is known of this node instead.")
        private @Nullable String node;
    }

    StatCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) {
        if (!what.keys.isEmpty()) {
            return showObjects(what.keys, settings);
        }
        try (MooncakeClient client = Clients.open(settings)) {
            ClusterStatus cluster = client.clusterStatus();
            if (what.node != null) {
                return showNode(what.node, cluster);
            }
            showCluster(cluster);
        }
        return ExitCode.DONE;
    }

    private int showObjects(List<String> keys, Settings settings) {
        boolean all = true;
        try (Inspector inspector = new Inspector(settings)) {
            List<Optional<ObjectReport>> found = inspector.describe(keys);
            for (int i = 0; i < keys.size(); i++) {
                if (found.get(i).isPresent()) {
                    showObject(found.get(i).get());
                } else {
                    console.err().println("mooncake4j stat: " + Printable.of(keys.get(i)) + ": not found");
                    all = false;
                }
            }
        }
        return all ? ExitCode.DONE : ExitCode.NOT_FOUND;
    }

    private void showObject(ObjectReport object) {
        if (json) {
            StatFields.object(object).print(console.out());
            return;
        }
        line("key", Printable.of(object.key()));
        line("object", Long.toHexString(object.objectId()));
        line("size", Figures.bytes(object.sizeBytes()));
        line("CRC-32C", object.checksum());
        line("pin", object.pin() + (object.pin().equals("soft") ? ", " + left(object.softPinLeft()) : ""));
        line("read lease", object.leaseLeft().isZero() ? "none" : left(object.leaseLeft()));
        line("last access", Figures.span(object.idle()) + " ago");
        for (ObjectReport.Replica replica : object.replicas()) {
            line(
                    "replica",
                    Printable.of(replica.node()) + " (" + replica.state() + ", " + replica.address() + "): "
                            + replica.extents().stream()
                                    .map(extent -> "region " + extent.region() + " at " + extent.offset() + ", "
                                            + Figures.bytes(extent.lengthBytes()))
                                    .collect(Collectors.joining("; ")));
        }
        console.out().println();
    }

    private static String left(java.time.Duration time) {
        return Figures.span(time) + " left";
    }

    private int showNode(String name, ClusterStatus cluster) {
        List<ClusterStatus.Segment> found = cluster.segments().stream()
                .filter(segment -> segment.name().equals(name))
                .toList();
        if (found.isEmpty()) {
            console.err()
                    .println("mooncake4j stat: node " + Printable.of(name)
                            + ": not found; 'mooncake4j stat' lists the nodes");
            return ExitCode.NOT_FOUND;
        }
        for (ClusterStatus.Segment node : found) {
            if (json) {
                StatFields.node(node).print(console.out());
                continue;
            }
            line("node", Printable.of(node.name()));
            line("state", NodeTable.state(node) + ", heard " + Figures.span(node.silent()) + " ago");
            line("address", NodeTable.address(node));
            line("segment", node.id().toString());
            line("size", Figures.bytes(node.sizeBytes()));
            line("used", Figures.bytes(node.usedBytes()) + ", " + Figures.percent(node.usedBytes(), node.sizeBytes()));
            line("largest free", Figures.bytes(node.largestFreeBytes()));
            line("leased", Figures.bytes(node.heldOffBytes()) + " of removed objects, free when read leases end");
            line(
                    "quarantined",
                    Figures.bytes(node.quarantinedBytes()) + " of given up puts, free when the node cut their writers");
            console.out().println();
        }
        return ExitCode.DONE;
    }

    private void showCluster(ClusterStatus cluster) {
        if (json) {
            StatFields.cluster(cluster).print(console.out());
            return;
        }
        long gets = cluster.getsHit() + cluster.getsMissed();
        line("cluster", cluster.clusterId() + ", term " + cluster.term() + ", up " + Figures.span(cluster.uptime()));
        line("objects", Figures.count(cluster.objects()) + ", open puts " + Figures.count(cluster.openGrants()));
        line("memory", NodeTable.memory(cluster));
        line("puts", Figures.count(cluster.putsCommitted()) + ", " + Figures.size(cluster.putBytes()));
        line(
                "gets",
                Figures.count(cluster.getsHit()) + " found, " + Figures.size(cluster.locatedBytes()) + "; "
                        + Figures.count(cluster.getsMissed()) + " not found; hit rate "
                        + (gets == 0 ? "-" : Figures.percent(cluster.getsHit(), gets)));
        line("evicted", Figures.count(cluster.evictedObjects()) + ", " + Figures.size(cluster.evictedBytes()));
        line("lapsed", Figures.count(cluster.grantsLapsed()) + " puts, sessions cut " + cluster.sessionsCut());
        if (cluster.journal() != null) {
            showJournal(cluster.journal());
        }
        console.out().println();
        NodeTable.of(cluster).print(console.out());
        if (cluster.segments().isEmpty()) {
            console.out().println("(none: start one by 'mooncake4j node')");
        }
        console.out().println();
        TextTable calls = new TextTable("call at the master", "calls", "keys", "failed", "mean", "p50", "p99");
        for (CallStatistics call : cluster.calls()) {
            calls.row(
                    call.method(),
                    Figures.count(call.answered()),
                    Figures.count(call.keys()),
                    Figures.count(call.failed()),
                    Figures.time(call.mean().toNanos()),
                    Figures.time(call.percentile(50).toNanos()),
                    Figures.time(call.percentile(99).toNanos()));
        }
        calls.print(console.out());
    }

    private void showJournal(ClusterStatus.Journal journal) {
        line(
                "journal",
                "in etcd, " + Figures.count(journal.durableRecords()) + " of " + Figures.count(journal.records())
                        + " records durable, lag " + Figures.span(journal.lag()));
        line(
                "etcd",
                Figures.size(journal.usedBytes()) + " in use, file " + Figures.size(journal.sizeBytes()) + ", quota "
                        + Figures.size(journal.quotaBytes()));
        if (!journal.refusal().isEmpty()) {
            line("puts", "refused: " + Printable.of(journal.refusal()));
        }
        journal.advice().forEach(text -> line("to do", Printable.of(text)));
    }

    private void line(String name, String value) {
        console.out().printf("%-13s %s%n", name, value);
    }
}
