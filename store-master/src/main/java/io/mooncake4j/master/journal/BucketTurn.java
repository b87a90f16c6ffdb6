package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.DurableState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the buckets anew, the oldest first, as fast as the journal grows: so the journal need never be long, and there
 * are no bursts. For the journal's loop.
 */
final class BucketTurn {
    private static final int LARGEST_VALUE_BYTES = 256 << 10;
    private static final int MOST_AT_ONCE = 64;
    /** The journal is trimmed when so many entries can go, not at every commit. */
    private static final int TRIM_BUCKETS = 64;

    private record Kept(Bucket bucket, long sequence, int bytes) {}

    private final DurableState state;
    private final long tailBytes;
    /** Oldest first. */
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();

    /** Those whose new values are on their way; the old ones count until then. Oldest first. */
    private final Map<Bucket, Kept> writing = new LinkedHashMap<>();

    private long keptBytes;
    /** How many buckets the journal has grown for and that were not written yet. */
    private double dueBuckets;

    private long trimmedTo;
    private long trimming;
    private int sinceTrim;

    BucketTurn(DurableState state, Map<Bucket, Long> buckets, long tailBytes) {
        this.state = state;
        this.tailBytes = tailBytes;
        List<Kept> all = new ArrayList<>();
        buckets.forEach((bucket, sequence) -> all.add(new Kept(bucket, sequence, 0)));
        all.sort(Comparator.comparingLong(Kept::sequence));
        kept.addAll(all);
        trimmedTo = all.isEmpty() ? 0 : all.get(0).sequence();
    }

    /** Up to which record the next transaction is to drop the journal; 0: nothing. */
    long trimTo() {
        Kept oldest =
                writing.isEmpty() ? kept.peek() : writing.values().iterator().next();
        if (oldest == null || sinceTrim < TRIM_BUCKETS || oldest.sequence() <= trimmedTo) {
            return 0;
        }
        sinceTrim = 0;
        trimming = oldest.sequence();
        return trimming;
    }

    /** Buckets of the batch are in etcd, and what it trimmed is gone. */
    void committed(Batch batch) {
        trimmedTo = Math.max(trimmedTo, trimming);
        for (Batch.NewBucket bucket : batch.buckets) {
            writing.remove(bucket.replaced() == null ? bucket.bucket() : bucket.replaced());
            kept.add(new Kept(bucket.bucket(), bucket.sequence(), bucket.value().length));
            keptBytes += bucket.value().length;
        }
        double cycleBytes = Math.max(tailBytes, keptBytes);
        dueBuckets += batch.recordBytes() * (kept.size() / cycleBytes);
    }

    /** Adds to the journal's queue what has come to be written. */
    void writeDue(EtcdJournal journal) {
        for (int i = 0; i < MOST_AT_ONCE && dueBuckets >= 1; i++) {
            Kept oldest = kept.poll();
            if (oldest == null) {
                return;
            }
            dueBuckets--;
            sinceTrim++;
            keptBytes -= oldest.bytes();
            writing.put(oldest.bucket(), oldest);
            write(journal, oldest.bucket());
        }
    }

    private void write(EtcdJournal journal, Bucket bucket) {
        BucketValue.Writer writer = new BucketValue.Writer(bucket);
        state.readBucket(bucket.depth(), bucket.bits(), writer, () -> {
            long sequence = journal.lastSequence();
            byte[] value = writer.value(sequence);
            if (value.length <= LARGEST_VALUE_BYTES) {
                journal.append(List.of(new Batch.NewBucket(bucket, sequence, value, null)));
            } else {
                journal.append(halves(bucket, sequence));
            }
        });
    }

    /** All of the bucket is in one shard, which is held. */
    private List<Batch.NewBucket> halves(Bucket bucket, long sequence) {
        List<Batch.NewBucket> halves = new ArrayList<>(2);
        for (Bucket half : bucket.halves()) {
            BucketValue.Writer writer = new BucketValue.Writer(half);
            state.readBucket(half.depth(), half.bits(), writer, () -> {});
            halves.add(new Batch.NewBucket(half, sequence, writer.value(sequence), halves.isEmpty() ? bucket : null));
        }
        return halves;
    }
}
