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
    final long openedNanos;
    final List<NewBucket> buckets = new ArrayList<>(0);
    final List<ChangeLog.Waiter> waiters = new ArrayList<>();
    byte @Nullable [] segments;
    private final long revision;
    private final Encoder records;
    private int count;
    private int bucketBytes;
    private int sealedBytes;

    Batch(Encoder records, long revision, long firstSequence, long openedNanos) {
        this.records = records;
        this.revision = revision;
        this.firstSequence = firstSequence;
        this.openedNanos = openedNanos;
        Entry.begin(records, revision, firstSequence);
    }

    void add(Change change) {
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

    long lastSequence() {
        return firstSequence + count - 1;
    }

    /** What the transaction will carry, about. */
    int bytes() {
        return records.length() + bucketBytes;
    }

    /** Nothing is added any more. */
    void seal() {
        sealedBytes = bytes();
    }

    int sealedBytes() {
        return sealedBytes;
    }

    int recordBytes() {
        return sealedBytes - bucketBytes;
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
