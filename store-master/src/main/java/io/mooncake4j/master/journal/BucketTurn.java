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

    /** How much shorter the journal is kept when space is scarce. */
    private static final double HURRY = 2;

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
    private boolean hurried;

    BucketTurn(DurableState state, Map<Bucket, Long> buckets, long tailBytes) {
        this.state = state;
        this.tailBytes = tailBytes;
        List<Kept> all = new ArrayList<>();
        buckets.forEach((bucket, sequence) -> all.add(new Kept(bucket, sequence, 0)));
        all.sort(Comparator.comparingLong(Kept::sequence));
        kept.addAll(all);
        trimmedTo = all.isEmpty() ? 0 : all.get(0).sequence();
    }

    /** Whether the journal is to be shorter than it usually is. */
    void hurry(boolean value) {
        hurried = value;
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
            if (bucket.sequence() == 0) {
                continue; // its place, until its parts are there
            }
            writing.remove(bucket.replaced() == null ? bucket.bucket() : bucket.replaced());
            kept.add(new Kept(bucket.bucket(), bucket.sequence(), bucket.value().length));
            keptBytes += bucket.value().length;
        }
        double cycleBytes = Math.max(tailBytes, keptBytes) / (hurried ? HURRY : 1);
        dueBuckets = Math.min(kept.size(), dueBuckets + batch.recordBytes() * (kept.size() / cycleBytes));
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
            write(journal, oldest);
        }
    }

    private void write(EtcdJournal journal, Kept oldest) {
        Bucket bucket = oldest.bucket();
        BucketValue.Writer writer = new BucketValue.Writer(bucket);
        state.readBucket(bucket.depth(), bucket.bits(), writer, () -> {
            long sequence = journal.lastSequence();
            byte[] value = writer.value(sequence);
            if (value.length <= LARGEST_VALUE_BYTES) {
                journal.append(List.of(new Batch.NewBucket(bucket, sequence, value, null)));
            } else {
                writeParts(journal, oldest, sequence);
            }
        });
    }

    private void writeParts(EtcdJournal journal, Kept whole, long sequence) {
        List<Batch.NewBucket> parts = new ArrayList<>();
        split(whole.bucket(), sequence, parts);
        int last = parts.size() - 1;
        parts.set(
                last,
                new Batch.NewBucket(
                        parts.get(last).bucket(), sequence, parts.get(last).value(), whole.bucket()));
        if (EtcdJournal.fit(parts)) {
            journal.append(parts);
            return;
        }
        // Until the last transaction, which deletes it, the whole is what counts; so it must be there.
        if (whole.sequence() == 0) {
            byte[] nothing = new BucketValue.Writer(whole.bucket()).value(0);
            journal.append(List.of(new Batch.NewBucket(whole.bucket(), 0, nothing, null)));
        }
        parts.forEach(part -> journal.append(List.of(part)));
    }

    /** All of the bucket is in one shard, which is held. */
    private void split(Bucket bucket, long sequence, List<Batch.NewBucket> parts) {
        for (Bucket half : bucket.halves()) {
            BucketValue.Writer writer = new BucketValue.Writer(half);
            state.readBucket(half.depth(), half.bits(), writer, () -> {});
            byte[] value = writer.value(sequence);
            if (value.length <= LARGEST_VALUE_BYTES || half.depth() == Bucket.MOST_BITS) {
                parts.add(new Batch.NewBucket(half, sequence, value, null));
            } else {
                split(half, sequence, parts);
            }
        }
    }
}
