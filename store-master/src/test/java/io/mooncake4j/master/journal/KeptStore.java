package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.Change.PlacedReplica;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A small store as a version of the format has it in etcd: every kind of record, a bucket as one value and one in parts,
 * entries after the buckets, segments that are there, suspended and dropped. Kept as lines of a key and its value in hex.
 */
public final class KeptStore {
    /** The versions of the format of which there is a file; all of them must be readable. */
    static final int[] VERSIONS = {1};

    static final UUID CLUSTER = new UUID(0x1111, 0x2222);
    static final UUID NEAR = new UUID(3, 4);
    static final UUID SUSPENDED = new UUID(5, 6);
    static final UUID GONE = new UUID(7, 8);

    private static final HexFormat HEX = HexFormat.of();

    private KeptStore() {}

    /** The keys and values of that version's file. */
    public static Map<String, byte[]> ofVersion(int version) {
        return text("format-" + version + ".txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(line -> line[0], line -> HEX.parseHex(line[1]), (a, b) -> b, TreeMap::new));
    }

    static String text(String name) {
        try (InputStream in = Objects.requireNonNull(KeptStore.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it stands in the file. */
    static String lines(Map<String, byte[]> store) {
        return new TreeMap<>(store)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + HEX.formatHex(entry.getValue()) + "\n")
                        .collect(Collectors.joining());
    }

    /** The store as this version writes it; the same bytes each time. */
    static Map<String, byte[]> written() {
        ManualLoop loop = new ManualLoop();
        EtcdModel etcd = new EtcdModel(loop::nanoTime);
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        Meta.findOrFound(etcd.client(EtcdModel.Link.SOUND), CLUSTER, secret, false)
                .join();
        var reading = Recovery.read(etcd.client(EtcdModel.Link.SOUND), loop);
        loop.pass(EtcdJournal.GATHER_NANOS);
        Found found = reading.join();
        long revision = etcd.client(EtcdModel.Link.SOUND)
                .txn(new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, new byte[0]))
                .join()
                .revision();
        EtcdJournal journal = new EtcdJournal(
                etcd.client(EtcdModel.Link.SOUND),
                loop,
                revision,
                found,
                new JournalOptions(false, 1, SafetyRules.ALL),
                why -> {
                    throw new AssertionError(why);
                });
        Change[][] batches = batches(revision);
        for (int i = 0; i < batches.length; i++) {
            for (Change change : batches[i]) {
                journal.append(change);
                found.state().apply(change, loop.nanoTime());
            }
            loop.pass(EtcdJournal.GATHER_NANOS);
            if (i == 1) {
                writeBuckets(found, journal.lastSequence(), etcd);
            }
        }
        etcd.write(Keys.LEADER, null);
        return etcd.snapshot();
    }

    private static Change[][] batches(long revision) {
        Segment.Address address = new Segment.Address("127.0.0.1", 1234, 77);
        Segment.Address nowhere = new Segment.Address("", 0, 0);
        return new Change[][] {
            {
                new Change.TermOpened(revision, 5_000_000_000L),
                new Change.SegmentMounted(NEAR, "near", "host-1", 1 << 20, 1 << 19, address),
                new Change.SegmentMounted(SUSPENDED, "suspended", "", 1 << 20, 1 << 20, address),
                new Change.SegmentMounted(GONE, "gone", "host-3", 1 << 20, 1 << 20, address),
            },
            {
                placed("default", "plain", 101, 100, 1L << 32 | 0xCAFE, false, near(0, 0, 100)),
                placed("default", "without checksum", 102, 64, 0, false, near(0, 128, 64)),
                placed("other tenant", "plain", 103, 1, 1L << 32 | 3, true, near(0, 192, 1)),
                placed(
                        "default",
                        "schlüssel/鍵",
                        104,
                        600_000,
                        1L << 32 | 0xFFFFFFFFL,
                        false,
                        new PlacedReplica(
                                NEAR, new Extent[] {new Extent(1, 0, 500_000), new Extent(0, 65_536, 100_000)}),
                        new PlacedReplica(SUSPENDED, new Extent[] {new Extent(0, 0, 600_000)})),
                placed("default", "removed later", 105, 64, 0, false, near(0, 256, 64)),
                placed(
                        "default",
                        "half lost",
                        106,
                        64,
                        0,
                        false,
                        near(0, 320, 64),
                        new PlacedReplica(GONE, new Extent[] {new Extent(0, 0, 64)})),
            },
            {
                new Change.ObjectRemoved("default", "removed later".getBytes(StandardCharsets.UTF_8), 105),
                new Change.SegmentDropped(GONE),
                placed("default", "half lost", 106, 64, 0, false, near(0, 320, 64)),
                placed("default", "plain", 107, 200, 1L << 32 | 0xBEEF, false, near(0, 512, 200)),
            },
            {
                new Change.SegmentMounted(SUSPENDED, "suspended", "", 1 << 20, 1 << 20, nowhere),
                placed("default", "last", 108, 64, 0, false, near(0, 1024, 64)),
                new Change.HandedOver(1_010_000_000L),
            },
        };
    }

    /** Those of two objects, of which one is in parts. */
    private static void writeBuckets(Found found, long sequence, EtcdModel etcd) {
        Bucket whole = bucketOf(found, "plain", Bucket.FEWEST_BITS);
        write(whole, found, sequence, etcd);
        bucketOf(found, "removed later", Bucket.FEWEST_BITS)
                .halves()
                .forEach(half -> write(half, found, sequence, etcd));
    }

    private static Bucket bucketOf(Found found, String key, int depth) {
        long hash = found.state().hashOf("default", key.getBytes(StandardCharsets.UTF_8));
        return new Bucket(depth, hash & (1L << depth) - 1);
    }

    private static void write(Bucket bucket, Found found, long sequence, EtcdModel etcd) {
        BucketValue.Writer writer = new BucketValue.Writer(bucket);
        found.state().readBucket(bucket.depth(), bucket.bits(), writer, () -> {});
        etcd.write(bucket.key(), writer.value(sequence));
    }

    private static PlacedReplica near(int region, long offset, long lengthBytes) {
        return new PlacedReplica(NEAR, new Extent[] {new Extent(region, offset, lengthBytes)});
    }

    private static Change.ObjectPlaced placed(
            String tenant,
            String key,
            long id,
            long sizeBytes,
            long checksum,
            boolean pinned,
            PlacedReplica... replicas) {
        return new Change.ObjectPlaced(
                tenant, key.getBytes(StandardCharsets.UTF_8), id, sizeBytes, checksum, pinned, replicas);
    }
}
