package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdTxn;
import java.util.List;

/**
 * A batch as a transaction, on condition that its master leads and that the head is as the batch before left it. If not,
 * leader key and head are read. Immutable: made again, it is the same.
 */
final class BatchTxn {
    private final Batch batch;
    private final EtcdTxn txn;
    private final Head head;

    /**
     * @param revision of the leader key
     * @param headRevision of the head as it is; 0: there is none
     * @param unfinished buckets of which an earlier leader wrote only parts; they go with the first records
     * @param trimmed up to this record the journal is forgotten; 0: not at all
     */
    BatchTxn(Batch batch, long revision, long headRevision, List<Bucket> unfinished, long trimmed) {
        this.batch = batch;
        txn = new EtcdTxn().ifCreatedAt(Keys.LEADER, revision);
        if (headRevision == 0) {
            txn.ifAbsent(Keys.HEAD);
        } else {
            txn.ifModifiedAt(Keys.HEAD, headRevision);
        }
        if (batch.hasRecords()) {
            byte[] entry = batch.entry();
            head = batch.head(entry);
            txn.put(Keys.entry(head.sequence()), entry).put(Keys.HEAD, head.encode());
            // Not without a record: an attempt that arrives late must not delete what was written since.
            unfinished.forEach(bucket -> txn.delete(bucket.firstPart(), bucket.afterParts()));
        } else {
            head = Head.NONE;
        }
        if (batch.segments != null) {
            txn.put(Keys.SEGMENTS, batch.segments);
        }
        for (Batch.NewBucket bucket : batch.buckets) {
            if (bucket.replaced() != null) {
                txn.delete(bucket.replaced().key());
            }
            txn.put(bucket.bucket().key(), bucket.value());
        }
        if (trimmed > 0) {
            txn.delete(Keys.JOURNAL, Keys.entry(trimmed + 1));
        }
        txn.orElseRead(Keys.LEADER).orElseRead(Keys.HEAD);
    }

    Batch batch() {
        return batch;
    }

    EtcdTxn txn() {
        return txn;
    }

    /** Whether that head was written by this. */
    boolean wrote(EtcdEntry found) {
        try {
            return batch.hasRecords() && Head.decode(found.value()).equals(head);
        } catch (FormatException e) {
            return false;
        }
    }
}
