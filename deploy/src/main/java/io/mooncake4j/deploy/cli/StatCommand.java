package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.Settings;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stat}. */
@Command(
        name = "stat",
        description = "Show the cluster: its segments, what they hold and what was done; or where one object is.",
        footer = {"", "Examples:", "  mooncake4j stat", "  mooncake4j stat greeting"})
final class StatCommand extends SettingsCommand {
    @Parameters(paramLabel = "KEY", arity = "0..1", description = "Show this object instead.")
    private @Nullable String key;

    StatCommand(Console console) {
        super(console, Clients.SETTINGS);
    }

    @Override
    int run(Settings settings) {
        if (key != null) {
            return showObject(key, Placement.of(key, settings));
        }
        try (MooncakeClient client = Clients.open(settings)) {
            showCluster(client.clusterStatus());
        }
        return ExitCode.DONE;
    }

    private int showObject(String name, Optional<Placement> found) {
        if (found.isEmpty()) {
            console.err().println("mooncake4j stat: " + name + ": not found");
            return ExitCode.NOT_FOUND;
        }
        Placement placement = found.get();
        line("key", name);
        line("size", placement.sizeBytes() + " bytes");
        line("CRC-32C", placement.checksum());
        for (String replica : placement.replicas()) {
            line("replica", replica);
        }
        return ExitCode.DONE;
    }

    private void showCluster(ClusterStatus cluster) {
        line("cluster", cluster.clusterId() + ", up " + time(cluster.uptime()));
        line("objects", Figures.count(cluster.objects()) + ", open puts " + Figures.count(cluster.openGrants()));
        line("puts", Figures.count(cluster.putsCommitted()));
        line(
                "gets",
                Figures.count(cluster.getsHit()) + " found, " + Figures.count(cluster.getsMissed()) + " not found");
        line("evicted", Figures.count(cluster.evictedObjects()) + ", " + Figures.size(cluster.evictedBytes()));
        line("sessions cut", Figures.count(cluster.sessionsCut()));
        console.out().println();
        TextTable table = new TextTable("segment", "state", "address", "size", "used", "largest free", "waiting");
        for (ClusterStatus.Segment segment : cluster.segments()) {
            table.row(
                    segment.name(),
                    segment.state().name().toLowerCase(Locale.ROOT),
                    segment.host() + ":" + segment.dataPort(),
                    Figures.size(segment.sizeBytes()),
                    Figures.percent(segment.usedBytes(), segment.sizeBytes()),
                    Figures.size(segment.largestFreeBytes()),
                    Figures.size(segment.heldOffBytes() + segment.quarantinedBytes()));
        }
        table.print(console.out());
        if (cluster.segments().isEmpty()) {
            console.out().println("(none: start one by 'mooncake4j node')");
        }
    }

    private void line(String name, String value) {
        console.out().printf("%-13s %s%n", name, value);
    }

    private static String time(Duration time) {
        return String.format(
                Locale.ROOT, "%d h %d min %d s", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
