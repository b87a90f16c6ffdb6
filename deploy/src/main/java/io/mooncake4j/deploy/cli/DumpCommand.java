package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.journal.Audit;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.Checksum;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code metadata dump}. */
@Command(
        name = "dump",
        description = {
            "Print the placement as JSON, one cluster, segment or object a line.",
            "All is as it was at one moment, also while a master leads. The field 'type' says what a line is. cluster:"
                    + " cluster_id, format, etcd_revision, leader, term, last_record. segment: segment, name, host_id, size_bytes,"
                    + " region_bytes, host, data_port (both null: its node stopped and kept its memory). dropped_segment: segment."
                    + " object: tenant, key, object_id, size_bytes, crc32c (null: none), hard_pinned, replicas of segment, lost"
                    + " and extents, and these of region, offset, length_bytes. Names don't change; new ones may come.",
            "What is damaged is left out, and named on standard error; the exit status is 1 then. Memory for it:"
                    + " MOONCAKE4J_HEAP (default 2g)."
        },
        footer = {
            "  mooncake4j metadata dump --config /etc/mooncake4j.yaml | gzip >placement.gz",
            "  mooncake4j metadata dump | jq -r 'select(.type==\"object\" and .size_bytes>1e9) | .key'"
        })
final class DumpCommand extends EtcdCommand {
    DumpCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings, Etcd etcd, Audit audit) throws FailedException {
        PrintStream out =
                new PrintStream(new BufferedOutputStream(console.out(), 1 << 16), false, StandardCharsets.UTF_8);
        cluster(audit).print(out);
        audit.segments().forEach(segment -> segment(segment).print(out));
        audit.dropped()
                .forEach(id -> new Fields()
                        .with("type", "dropped_segment")
                        .with("segment", id.toString())
                        .print(out));
        audit.state()
                .readAll((tenant, key, objectId, sizeBytes, checksum, hardPinned, replicas) -> new Fields()
                        .with("type", "object")
                        .with("tenant", tenant)
                        .with("key", new String(key, StandardCharsets.UTF_8))
                        .with("object_id", Long.toHexString(objectId))
                        .with("size_bytes", sizeBytes)
                        .with("crc32c", crc(checksum))
                        .with("hard_pinned", hardPinned)
                        .with(
                                "replicas",
                                Arrays.stream(replicas)
                                        .map(DumpCommand::replica)
                                        .toList())
                        .print(out));
        if (out.checkError()) { // which flushes
            throw new FailedException("not all was taken: the reader of this output has ended");
        }
        for (Audit.Finding finding : audit.findings()) {
            console.err()
                    .println("mooncake4j metadata dump: etcd key " + settings.get(JournalSettings.PREFIX)
                            + finding.key() + ": " + Printable.of(finding.what()) + "; " + finding.wayOut());
        }
        return audit.findings().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Fields cluster(Audit audit) {
        Audit.Summary summary = audit.summary();
        return new Fields()
                .with("type", "cluster")
                .with(
                        "cluster_id",
                        summary.clusterId() == null ? null : summary.clusterId().toString())
                .with("format", Audit.FORMAT)
                .with("etcd_revision", summary.revision())
                .with("leader", addressOrNull(summary.leader()))
                .with("term", summary.term())
                .with(
                        "last_record",
                        summary.head() == null ? null : summary.head().sequence());
    }

    private static Fields segment(Change.SegmentMounted segment) {
        boolean suspended = segment.address().host().isEmpty();
        return new Fields()
                .with("type", "segment")
                .with("segment", segment.segmentId().toString())
                .with("name", segment.name())
                .with("host_id", segment.hostId())
                .with("size_bytes", segment.sizeBytes())
                .with("region_bytes", segment.regionBytes())
                .with("host", suspended ? null : segment.address().host())
                .with("data_port", suspended ? null : segment.address().dataPort());
    }

    private static Fields replica(Replica replica) {
        List<Fields> extents =
                Arrays.stream(replica.extents()).map(DumpCommand::extent).toList();
        return new Fields()
                .with("segment", replica.segment().id().toString())
                .with("lost", replica.segment().state() == Segment.State.DROPPED)
                .with("extents", extents);
    }

    private static Fields extent(Extent extent) {
        return new Fields()
                .with("region", extent.region())
                .with("offset", extent.offset())
                .with("length_bytes", extent.lengthBytes());
    }

    private static @Nullable String crc(long checksum) {
        return Checksum.present(checksum) ? String.format(Locale.ROOT, "%08x", (int) checksum) : null;
    }
}
