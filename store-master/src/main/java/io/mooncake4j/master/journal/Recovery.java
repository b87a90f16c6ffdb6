package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the placement as it is at one revision of etcd: segments, every bucket, and the journal from the oldest bucket on.
 * If that revision is forgotten meanwhile, all over again at a later one. For one loop.
 */
public final class Recovery {
    /** A page is at most this many times the largest value, and so below etcd's client limit. */
    private static final int PAGE_BUCKETS = 64;

    private final Etcd etcd;
    private final Loop loop;
    private final DurableState state;
    private final Map<Bucket, Long> buckets = new HashMap<>();
    private final Set<Bucket> unfinished = new HashSet<>();
    private final long startNanos;
    private SegmentsValue segments = new SegmentsValue();
    private Head head = Head.NONE;
    private long headRevision;
    private long revision;
    private long sequence;
    private int crc;

    private Recovery(Etcd etcd, Loop loop) {
        this.etcd = etcd;
        this.loop = loop;
        this.startNanos = loop.nanoTime();
        this.state = new DurableState(startNanos);
    }

    /** The future completes on the loop. It fails with a FormatException or an EtcdException. */
    public static CompletableFuture<Found> read(Etcd etcd, Loop loop) {
        return new Recovery(etcd, loop)
                .read()
                .handleAsync(
                        (found, failure) -> {
                            if (failure == null) {
                                return CompletableFuture.completedFuture(found);
                            }
                            if (failure.getCause() instanceof EtcdException e
                                    && e.kind() == EtcdException.Kind.COMPACTED) {
                                return read(etcd, loop);
                            }
                            return CompletableFuture.<Found>failedFuture(failure);
                        },
                        loop)
                .thenCompose(Function.identity());
    }

    private CompletableFuture<Found> read() {
        return etcd.range(EtcdRangeQuery.key(Keys.HEAD))
                .thenAcceptAsync(this::takeHead, loop)
                .thenCompose(done -> etcd.range(EtcdRangeQuery.keyAt(Keys.SEGMENTS, revision)))
                .thenAcceptAsync(this::takeSegments, loop)
                .thenCompose(done -> readBuckets())
                .thenCompose(done -> readJournal())
                .thenApply(done -> found());
    }

    private void takeHead(EtcdRange range) {
        revision = range.revision();
        if (!range.entries().isEmpty()) {
            head = Head.decode(range.entries().get(0).value());
            headRevision = range.entries().get(0).modRevision();
        }
    }

    private void takeSegments(EtcdRange range) {
        if (range.entries().isEmpty()) {
            if (head.sequence() > 0) {
                throw new FormatException(
                        Keys.SEGMENTS, "it is missing, though the journal goes up to " + head.sequence());
            }
            return;
        }
        if (headRevision == 0) {
            throw new FormatException(Keys.HEAD, "it is missing, though the cluster's placement is there");
        }
        segments = SegmentsValue.decode(range.entries().get(0).value());
        if (segments.sequence() > head.sequence()) {
            throw new FormatException(
                    Keys.SEGMENTS,
                    "it is of record " + segments.sequence() + ", but the journal ends at " + head.sequence());
        }
        segments.changes(0).forEach(change -> state.apply(change, startNanos));
        state.addDropped(segments.dropped());
    }

    private void takeBucket(EtcdEntry entry) {
        Optional<Bucket> whole = Bucket.ofKey(entry.key()).whole(buckets.keySet());
        if (whole.isPresent()) {
            unfinished.add(whole.get()); // until its splitting has ended it is what counts
            return;
        }
        BucketValue.Header header =
                BucketValue.read(entry.key(), entry.value(), object -> state.apply(object, startNanos));
        if (header.sequence() > head.sequence()) {
            throw new FormatException(
                    entry.key(),
                    "it is of record " + header.sequence() + ", but the journal ends at " + head.sequence());
        }
        buckets.put(header.bucket(), header.sequence());
    }

    private CompletableFuture<Boolean> readJournal() {
        Bucket.addMissing(buckets);
        sequence = buckets.values().stream().mapToLong(Long::longValue).min().orElse(0);
        return JournalPages.at(revision, etcd, loop).read(sequence, this::takeEntry);
    }

    private boolean takeEntry(EtcdEntry value) {
        Entry entry = Entry.read(value.key(), value.value());
        if (entry.firstSequence() > sequence + 1) {
            throw new FormatException(
                    value.key(),
                    "records " + (sequence + 1) + " to " + (entry.firstSequence() - 1)
                            + " of the journal are missing before it");
        }
        long number = entry.firstSequence();
        for (Change change : entry.changes()) {
            if (number > sequence && !SegmentsValue.takes(change) && number > bucketOf(change)) {
                state.apply(change, startNanos);
            }
            number++;
        }
        sequence = entry.lastSequence();
        crc = entry.crc();
        return true;
    }

    /** The last record that the value of the change's bucket includes. */
    private long bucketOf(Change change) {
        long hash = change instanceof Change.ObjectPlaced placed
                ? state.hashOf(placed.tenant(), placed.key())
                : state.hashOf(((Change.ObjectRemoved) change).tenant(), ((Change.ObjectRemoved) change).key());
        return Objects.requireNonNull(buckets.get(Bucket.of(hash, buckets.keySet())));
    }

    private Found found() {
        if (sequence != head.sequence()) {
            throw new FormatException(
                    Keys.HEAD,
                    "it says that the journal ends at record " + head.sequence() + ", but it ends at " + sequence);
        }
        if (crc != 0 && crc != head.crc()) {
            throw new FormatException(Keys.HEAD, "it is not of the journal's last entry");
        }
        segments.changes(head.sequence()).stream()
                .filter(change -> change instanceof Change.HandedOver)
                .forEach(change -> state.apply(change, startNanos));
        return new Found(state, segments, head, headRevision, buckets, unfinished, startNanos);
    }

    /** Page by page; the next one comes while this one is worked on. */
    private CompletableFuture<@Nullable Void> readBuckets() {
        return takeBuckets(bucketsFrom(Keys.BUCKETS));
    }

    private CompletableFuture<EtcdRange> bucketsFrom(String from) {
        return etcd.range(new EtcdRangeQuery(from, EtcdRangeQuery.endOf(Keys.BUCKETS), PAGE_BUCKETS, revision, false));
    }

    private CompletableFuture<@Nullable Void> takeBuckets(CompletableFuture<EtcdRange> page) {
        return page.thenComposeAsync(
                range -> {
                    List<EtcdEntry> entries = range.entries();
                    if (!range.more()) {
                        entries.forEach(this::takeBucket);
                        return CompletableFuture.completedFuture(null);
                    }
                    String after = entries.get(entries.size() - 1).key() + '\0';
                    CompletableFuture<EtcdRange> next = bucketsFrom(after);
                    entries.forEach(this::takeBucket);
                    return takeBuckets(next);
                },
                loop);
    }
}
