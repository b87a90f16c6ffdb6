package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads all that a store has in etcd, as it is at one revision, whether or not a master leads, and finds what is wrong with
 * it. What is damaged is left out, and the rest is read on, so that one look tells everything. For one thread, which waits.
 */
public final class Audit {
    /**
     * Something that is wrong.
     *
     * @param key in etcd, below the prefix
     * @param wayOut what an operator can do
     */
    public record Finding(String key, String what, String wayOut) {}

    /**
     * What lies there.
     *
     * @param revision of etcd, at which all was read
     * @param leader the leader key, if somebody leads
     * @param clusterId null if it can't be read or nothing is there
     * @param head null likewise
     * @param bytes of all values
     */
    public record Summary(
            long revision,
            @Nullable EtcdEntry leader,
            @Nullable UUID clusterId,
            boolean secretConfigured,
            @Nullable Head head,
            long term,
            int keys,
            long bytes,
            int entries,
            long firstRecord,
            int buckets) {}

    /** The version of the format that this reads and masters write. */
    public static final int FORMAT = Envelope.VERSION;

    private static final int PAGE_KEYS = 16;
    private static final int MOST_TRIES = 10;

    private final Etcd etcd;
    private final List<Finding> findings = new ArrayList<>();
    private final DurableState state = new DurableState(0);
    private final Map<Bucket, Long> buckets = new HashMap<>();
    private final Set<Bucket> damagedBuckets = new HashSet<>();
    private SegmentsValue segments = new SegmentsValue();
    private boolean segmentsRead;
    private @Nullable Head head;
    private @Nullable EtcdEntry leader;
    private Meta.@Nullable Content meta;
    private long revision;
    private int keys;
    private long bytes;
    private int written;
    private int entries;
    private long firstRecord;
    private long lastRecord;
    private long lastTerm;
    private int lastCrc;
    private boolean entryDamaged;

    private Audit(Etcd etcd) {
        this.etcd = etcd;
    }

    /** @throws EtcdException if etcd can't be read */
    public static Audit of(Etcd etcd) {
        for (int tries = 1; ; tries++) {
            Audit audit = new Audit(etcd);
            try {
                audit.read();
                return audit;
            } catch (EtcdException e) {
                if (e.kind() != EtcdException.Kind.COMPACTED) {
                    throw e;
                }
                if (tries == MOST_TRIES) {
                    throw Recovery.forgotten(e, audit.revision, audit.state);
                }
            }
        }
    }

    public Summary summary() {
        return new Summary(
                revision,
                leader,
                meta == null ? null : meta.clusterId(),
                meta != null && meta.configured(),
                head,
                segments.revision(),
                keys,
                bytes,
                entries,
                firstRecord,
                written);
    }

    /** What is wrong, in the order in which it was found. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** The placement, as far as it can be read. */
    public DurableState state() {
        return state;
    }

    /** The segments, as the last record leaves them. */
    public List<Change.SegmentMounted> segments() {
        return segments.mounted();
    }

    /** Ids that are never taken again. */
    public List<UUID> dropped() {
        return segments.dropped();
    }

    private void read() {
        EtcdRange first = range(EtcdRangeQuery.key(Keys.LEADER));
        revision = first.revision();
        leader = first.entries().isEmpty() ? null : first.entries().get(0);
        one(Keys.META).ifPresent(value -> guarded(() -> meta = Meta.Content.of(value)));
        one(Keys.HEAD).ifPresent(value -> guarded(() -> head = Head.decode(value)));
        one(Keys.SEGMENTS).ifPresent(value -> guarded(() -> takeSegments(value)));
        each(Keys.BUCKETS, EtcdRangeQuery.endOf(Keys.BUCKETS), this::takeBucket);
        written = buckets.size();
        if (guarded(() -> Bucket.addMissing(new HashMap<>(buckets)))) {
            Bucket.addMissing(buckets);
        }
        readJournal();
        strangers();
        checkWhole();
        new PlacementCheck(state, segments, segmentsRead, buckets.keySet(), this::found).run();
    }

    /** In large pages, as long as its keys are what they should be. */
    private void readJournal() {
        String[] next = {Keys.entry(1)};
        each(Keys.JOURNAL, next[0], this::takeEntry);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            JournalPages.at(revision, etcd, thread)
                    .read(0, entry -> {
                        takeEntry(entry);
                        next[0] = entry.key() + '\0';
                        return true;
                    })
                    .join();
        } catch (CompletionException e) {
            if (!(EtcdException.unwrapped(e) instanceof FormatException)) {
                throw EtcdException.of(e);
            }
            each(next[0], EtcdRangeQuery.endOf(Keys.JOURNAL), this::takeEntry);
        } finally {
            thread.shutdown();
        }
    }

    private void found(String key, String what) {
        found(new FormatException(key, what));
    }

    private void found(FormatException e) {
        findings.add(new Finding(e.key(), e.what(), e.wayOut()));
    }

    private boolean guarded(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (FormatException e) {
            found(e);
            return false;
        }
    }

    private Optional<byte[]> one(String key) {
        List<EtcdEntry> entries = range(EtcdRangeQuery.keyAt(key, revision)).entries();
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        count(entries.get(0));
        return Optional.of(entries.get(0).value());
    }

    private void count(EtcdEntry entry) {
        keys++;
        bytes += entry.value().length;
    }

    private void takeSegments(byte[] value) {
        segments = SegmentsValue.decode(value);
        segmentsRead = true;
        segments.changes(0).forEach(change -> state.apply(change, 0));
        state.addDropped(segments.dropped());
    }

    private void takeBucket(EtcdEntry entry) {
        count(entry);
        Bucket bucket;
        try {
            bucket = Bucket.ofKey(entry.key());
        } catch (FormatException e) {
            found(e);
            return;
        }
        if (bucket.whole(buckets.keySet()).isPresent()) {
            return; // of a splitting that did not end: the next leader deletes it
        }
        long before = state.objects().objectCount();
        int[] count = new int[1];
        if (guarded(() -> {
            BucketValue.Header header = BucketValue.read(entry.key(), entry.value(), object -> {
                count[0]++;
                take(bucket, object);
            });
            buckets.put(bucket, header.sequence());
        })) {
            long sequence = Objects.requireNonNull(buckets.get(bucket));
            if (head != null && sequence > head.sequence()) {
                found(entry.key(), "it is of record " + sequence + ", but the journal ends at " + head.sequence());
            }
            if (state.objects().objectCount() - before != count[0]) {
                found(entry.key(), "it has an object twice, or one of another bucket");
            }
        } else {
            buckets.put(bucket, 0L);
            damagedBuckets.add(bucket);
        }
    }

    private void take(Bucket bucket, Change.ObjectPlaced object) {
        if (bucket.has(state.hashOf(object.tenant(), object.key()))) {
            state.apply(object, 0);
        }
    }

    private void takeEntry(EtcdEntry value) {
        count(value);
        entries++;
        Entry entry;
        try {
            entry = Entry.read(value.key(), value.value());
        } catch (FormatException e) {
            found(e);
            entryDamaged = true;
            return;
        }
        checkOrder(value.key(), entry);
        long number = entry.firstSequence();
        for (Change change : entry.changes()) {
            if (!SegmentsValue.takes(change) && number > bucketOf(change)) {
                state.apply(change, 0);
            }
            number++;
        }
        lastRecord = entry.lastSequence();
        lastTerm = entry.revision();
        lastCrc = entry.crc();
        entryDamaged = false;
    }

    private void checkOrder(String key, Entry entry) {
        long needed = lastRecord + 1;
        if (lastRecord == 0) {
            firstRecord = entry.firstSequence();
            needed = entryDamaged ? entry.firstSequence() : firstNeeded();
        }
        if (entry.firstSequence() > needed && !entryDamaged) {
            found(
                    key,
                    "records " + needed + " to " + (entry.firstSequence() - 1)
                            + " of the journal are missing before it");
        } else if (lastRecord > 0 && entry.firstSequence() <= lastRecord) {
            found(key, "it has records that another entry has, too: " + entry.firstSequence() + " to " + lastRecord);
        }
        if (entry.revision() < lastTerm) {
            found(key, "it is of term " + entry.revision() + ", and the entry before it of " + lastTerm);
        }
    }

    /** The oldest record that some bucket doesn't include. */
    private long firstNeeded() {
        return buckets.entrySet().stream()
                        .filter(bucket -> !damagedBuckets.contains(bucket.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .min()
                        .orElse(0)
                + 1;
    }

    private long bucketOf(Change change) {
        long hash = change instanceof Change.ObjectPlaced placed
                ? state.hashOf(placed.tenant(), placed.key())
                : state.hashOf(((Change.ObjectRemoved) change).tenant(), ((Change.ObjectRemoved) change).key());
        return Bucket.find(hash, buckets.keySet()).map(buckets::get).orElse(0L);
    }

    /** What only shows when all has been read. */
    private void checkWhole() {
        if (keys == 0) {
            return;
        }
        if (meta == null && !isFound(Keys.META)) {
            found(Keys.META, "it is missing, though the cluster's placement is there");
        }
        if (head == null) {
            if (!isFound(Keys.HEAD) && (entries > 0 || written > 0 || segmentsRead)) {
                found(Keys.HEAD, "it is missing, though the cluster's placement is there");
            }
            return;
        }
        if (!segmentsRead && !isFound(Keys.SEGMENTS)) {
            found(Keys.SEGMENTS, "it is missing, though the journal goes up to " + head.sequence());
        }
        if (segments.sequence() > head.sequence()) {
            found(
                    Keys.SEGMENTS,
                    "it is of record " + segments.sequence() + ", but the journal ends at " + head.sequence());
        }
        if (entryDamaged) {
            return; // the last entry: said already
        }
        if (lastRecord != head.sequence()) {
            found(
                    Keys.HEAD,
                    "it says that the journal ends at record " + head.sequence() + ", but it ends at " + lastRecord);
        } else if (lastCrc != head.crc() || lastTerm != head.revision()) {
            found(Keys.HEAD, "it is not of the journal's last entry, " + Keys.entry(lastRecord));
        }
    }

    private boolean isFound(String key) {
        return findings.stream().anyMatch(finding -> finding.key().equals(key));
    }

    /** Keys that no master writes. */
    private void strangers() {
        Set<String> known = Set.of(Keys.HEAD, Keys.LEADER, Keys.META, Keys.SEGMENTS);
        Consumer<EtcdEntry> each = entry -> {
            if (!known.contains(entry.key())) {
                found(new FormatException(
                        entry.key(),
                        "mooncake4j writes no such key",
                        "find out whose it is; a store needs a prefix of its own (--etcd-prefix)"));
            }
        };
        each("", Keys.BUCKETS, each);
        each(EtcdRangeQuery.endOf(Keys.BUCKETS), Keys.JOURNAL, each);
        each(EtcdRangeQuery.endOf(Keys.JOURNAL), EtcdRangeQuery.endOf(""), each);
    }

    private void each(String from, String end, Consumer<EtcdEntry> each) {
        String next = from;
        boolean more = true;
        while (more) {
            EtcdRange page = range(new EtcdRangeQuery(next, end, PAGE_KEYS, revision, false));
            page.entries().forEach(each);
            more = page.more();
            next = more ? page.entries().get(page.entries().size() - 1).key() + '\0' : next;
        }
    }

    private EtcdRange range(EtcdRangeQuery query) {
        try {
            return etcd.range(query).join();
        } catch (CompletionException e) {
            throw EtcdException.of(e);
        }
    }
}
