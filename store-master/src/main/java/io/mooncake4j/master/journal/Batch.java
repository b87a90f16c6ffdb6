package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes durable in one transaction: records, buckets that were written anew, and who waits. Guarded by its journal. */
final class Batch {
    /** A bucket's new value, and the bucket that it takes the place of, if that is another. */
    record NewBucket(
            Bucket bucket,
            long sequence,
            byte[] value,
            @Nullable Bucket replaced) {}

    final long firstSequence;
    final List<NewBucket> buckets = new ArrayList<>(0);
    final List<ChangeLog.Waiter> waiters = new ArrayList<>();
    byte @Nullable [] segments;
    private final long revision;
    private final Encoder records;
    private int count;
    private int bucketBytes;
    private int recordBytes;
    private int sealedBytes;
    private long oldestNanos;

    Batch(Encoder records, long revision, long firstSequence) {
        this.records = records;
        this.revision = revision;
        this.firstSequence = firstSequence;
        Entry.begin(records, revision, firstSequence);
    }

    /** @param nowNanos used with the first one */
    void add(Change change, long nowNanos) {
        if (count == 0) {
            oldestNanos = nowNanos;
        }
        Records.write(records, change);
        count++;
    }

    void add(NewBucket bucket) {
        buckets.add(bucket);
        bucketBytes += bucket.value().length;
    }

    boolean isEmpty() {
        return count == 0 && buckets.isEmpty();
    }

    boolean hasRecords() {
        return count > 0;
    }

    /** Moves the waiters who have no time left. */
    void moveLateWaiters(List<ChangeLog.Waiter> to) {
        waiters.removeIf(waiter -> waiter.isOver() && to.add(waiter));
    }

    /** When its first record was added; of a batch with records. */
    long oldestNanos() {
        return oldestNanos;
    }

    long lastSequence() {
        return firstSequence + count - 1;
    }

    /** What the transaction will carry, about. */
    int bytes() {
        return bytesWithSegments(segments == null ? 0 : segments.length);
    }

    /** The same if the value of the segments has so many. */
    int bytesWithSegments(int segmentsBytes) {
        return records.length() + bucketBytes + segmentsBytes;
    }

    /** Nothing is added any more. */
    void seal() {
        recordBytes = hasRecords() ? records.length() : 0;
        sealedBytes = bytes();
    }

    int sealedBytes() {
        return sealedBytes;
    }

    int recordBytes() {
        return recordBytes;
    }

    byte[] entry() {
        return Entry.seal(records, count);
    }

    Head head(byte[] entry) {
        return new Head(lastSequence(), revision, Envelope.crcOf(entry));
    }

    /** To be used again by another batch, once this one was sent for good. */
    Encoder encoder() {
        return records;
    }
}
