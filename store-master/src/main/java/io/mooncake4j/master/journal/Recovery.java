package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import java.time.Duration;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the placement as it is at one revision of etcd: segments, every bucket, and the journal from the oldest bucket on.
 * If that revision is forgotten meanwhile, all over again at a later one, after a pause. For one loop.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    /** A page is at most this many times the largest value, and so below etcd's client limit. */
    private static final int PAGE_BUCKETS = 64;

    private static final int MOST_TRIES = 10;
    /** After the first try; twice as long after each. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

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
        return read(etcd, loop, 1);
    }

    private static CompletableFuture<Found> read(Etcd etcd, Loop loop, int tries) {
        Recovery recovery = new Recovery(etcd, loop);
        return recovery.read()
                .handleAsync(
                        (found, failure) -> {
                            if (failure == null) {
                                return CompletableFuture.completedFuture(found);
                            }
                            return EtcdException.of(failure).kind() == EtcdException.Kind.COMPACTED
                                    ? recovery.again(tries, failure)
                                    : CompletableFuture.<Found>failedFuture(failure);
                        },
                        loop)
                .thenCompose(Function.identity());
    }

    private CompletableFuture<Found> again(int tries, Throwable failure) {
        EtcdException forgotten = forgotten(failure, revision, state);
        if (tries == MOST_TRIES) {
            return CompletableFuture.failedFuture(forgotten);
        }
        long pauseNanos = Math.min(FIRST_PAUSE.toNanos() << (tries - 1), LONGEST_PAUSE.toNanos());
        LOG.warn(
                "{} (after {} ms; all is read again in {} ms, try {} of {})",
                forgotten.getMessage(),
                (loop.nanoTime() - startNanos) / 1_000_000,
                pauseNanos / 1_000_000,
                tries + 1,
                MOST_TRIES);
        CompletableFuture<Found> result = new CompletableFuture<>();
        loop.schedule(
                pauseNanos,
                () -> read(etcd, loop, tries + 1).whenComplete((found, last) -> {
                    if (last == null) {
                        result.complete(found);
                    } else {
                        result.completeExceptionally(EtcdException.unwrapped(last));
                    }
                }));
        return result;
    }

    /** What a reader of all that is there says when the revision that it reads at is gone, and what helps if that goes on. */
    static EtcdException forgotten(Throwable failure, long revision, DurableState soFar) {
        return new EtcdException(
                EtcdException.Kind.COMPACTED,
                "etcd forgot revision " + revision + " before the whole placement was read at it, after "
                        + soFar.objects().objectCount()
                        + " objects: let nobody but mooncake4j compact this etcd (or etcd itself, with"
                        + " --auto-compaction-mode=periodic and --auto-compaction-retention=1m or more), and read it from"
                        + " a machine that is near and not overloaded",
                failure);
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
