package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdHealth;
import io.mooncake4j.master.journal.Audit;
import io.mooncake4j.transfer.settings.Settings;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code metadata check}. */
@Command(
        name = "check",
        description = {
            "Check all that the masters keep in etcd, and say what is wrong.",
            "Reads everything at one moment, also while a master leads, and changes nothing. Checked are format, checksums,"
                    + " that no record of the journal is missing, that every object lies inside its segments and no two in the"
                    + " same place. Each finding has the etcd key and the way out.",
            "A master that finds damaged placement doesn't lead; exit status 1 means that something is wrong."
        },
        footer = {
            "  mooncake4j metadata check --config /etc/mooncake4j.yaml",
            "  mooncake4j metadata check --etcd-endpoints http://10.0.0.1:2379 --json | jq '.findings[]'"
        })
final class CheckCommand extends EtcdCommand {
    @Option(
            names = "--json",
            description = "Print the result as one JSON object. Names of fields don't change; new ones may come.")
    boolean json;

    CheckCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings, Etcd etcd, Audit audit) {
        EtcdHealth health = health(etcd);
        PlacementTotals totals = PlacementTotals.of(audit);
        String prefix = settings.get(JournalSettings.PREFIX);
        if (json) {
            fields(audit, totals, health, prefix).print(console.out());
        } else {
            show(audit, totals, health);
            showFindings(audit, prefix);
        }
        return audit.findings().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Null where this user may not ask. */
    private @Nullable EtcdHealth health(Etcd etcd) {
        try {
            return etcd.health().join();
        } catch (CompletionException e) {
            console.warn("etcd's health can't be asked: " + EtcdException.of(e).getMessage());
            return null;
        }
    }

    private void show(Audit audit, PlacementTotals totals, @Nullable EtcdHealth health) {
        Audit.Summary summary = audit.summary();
        line(
                "cluster",
                summary.clusterId() == null
                        ? "unknown"
                        : summary.clusterId() + ", format " + Audit.FORMAT + ", its secret is "
                                + (summary.secretConfigured() ? "configured" : "kept there"));
        line(
                "leader",
                (summary.leader() == null ? "none" : address(summary.leader())) + ", last term " + summary.term());
        line("objects", Figures.count(totals.objects()) + ", " + Figures.size(totals.bytes()));
        line(
                "segments",
                Figures.count(totals.segments()) + ", " + Figures.size(totals.segmentBytes()) + "; "
                        + Figures.count(audit.dropped().size()) + " dropped");
        line(
                "journal",
                summary.head() == null
                        ? "unknown"
                        : "up to record " + Figures.count(summary.head().sequence()) + "; kept from "
                                + Figures.count(summary.firstRecord()) + " on, in " + Figures.count(summary.entries())
                                + " entries");
        line("buckets", Figures.count(summary.buckets()));
        line("in etcd", Figures.count(summary.keys()) + " keys, " + Figures.size(summary.bytes()));
        if (health != null) {
            line(
                    "etcd",
                    health.version() + ", database " + Figures.size(health.sizeBytes()) + ", of that in use "
                            + Figures.size(health.usedBytes())
                            + (health.alarms().isEmpty() ? "" : "; alarms " + health.alarms())
                            + (health.foreignKeys() ? "; others keep keys there, too" : ""));
        }
        console.out().println();
    }

    private void showFindings(Audit audit, String prefix) {
        if (audit.findings().isEmpty()) {
            console.out().println("nothing is wrong");
            return;
        }
        console.out().println("wrong: " + Figures.count(audit.findings().size()));
        for (Audit.Finding finding : audit.findings()) {
            console.out().println(prefix + finding.key() + ": " + Printable.of(finding.what()));
            console.out().println("  " + finding.wayOut());
        }
    }

    private void line(String name, String value) {
        console.out().printf("%-13s %s%n", name, value);
    }

    private static Fields fields(Audit audit, PlacementTotals totals, @Nullable EtcdHealth health, String prefix) {
        Audit.Summary summary = audit.summary();
        Fields fields = new Fields()
                .with("sound", audit.findings().isEmpty())
                .with(
                        "cluster_id",
                        summary.clusterId() == null ? null : summary.clusterId().toString())
                .with("format", Audit.FORMAT)
                .with("etcd_revision", summary.revision())
                .with("leader", addressOrNull(summary.leader()))
                .with("term", summary.term())
                .with("objects", totals.objects())
                .with("object_bytes", totals.bytes())
                .with("segments", totals.segments())
                .with("segment_bytes", totals.segmentBytes())
                .with(
                        "last_record",
                        summary.head() == null ? null : summary.head().sequence())
                .with("journal_entries", summary.entries())
                .with("buckets", summary.buckets())
                .with("keys", summary.keys())
                .with("bytes", summary.bytes());
        if (health != null) {
            fields.with("etcd_size_bytes", health.sizeBytes())
                    .with("etcd_used_bytes", health.usedBytes())
                    .with("etcd_alarms", health.alarms());
        }
        return fields.with(
                "findings",
                audit.findings().stream()
                        .map(finding -> new Fields()
                                .with("key", prefix + finding.key())
                                .with("what", finding.what())
                                .with("way_out", finding.wayOut()))
                        .toList());
    }
}
