package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.Replica;
import java.util.function.Consumer;

/** The placement of one bucket as of some record of the journal: depth, bits, sequence, count, objects. */
final class BucketValue {
    private BucketValue() {}

    /** Writes a bucket while nothing in it changes. */
    static final class Writer implements DurableState.BucketReader {
        private final Encoder out;
        private final int countAt;
        private final int sequenceAt;
        private int count;

        Writer(Bucket bucket) {
            out = Envelope.BUCKET.start(32 << 10);
            out.u8(bucket.depth());
            out.u64(bucket.bits());
            sequenceAt = out.length();
            out.u64(0);
            countAt = out.length();
            out.u32(0);
        }

        @Override
        public void object(
                String tenant,
                byte[] key,
                long objectId,
                long sizeBytes,
                long checksum,
                boolean hardPinned,
                Replica[] replicas) {
            Records.object(out, tenant, key, objectId, sizeBytes, checksum, hardPinned, replicas);
            count++;
        }

        byte[] value(long sequence) {
            out.u32At(sequenceAt, (int) (sequence >>> Integer.SIZE));
            out.u32At(sequenceAt + Integer.BYTES, (int) sequence);
            out.u32At(countAt, count);
            return Envelope.seal(out);
        }
    }

    /** A bucket and the last record that it includes. */
    record Header(Bucket bucket, long sequence) {}

    static Header read(String key, byte[] value, Consumer<Change.ObjectPlaced> each) {
        Decoder in = Envelope.BUCKET.open(key, value);
        int depth = in.u8();
        if (depth < Bucket.FEWEST_BITS || depth > Bucket.MOST_BITS) {
            throw in.damaged("a bucket of " + depth + " bits");
        }
        Header header = new Header(new Bucket(depth, in.u64()), in.u64());
        if (!header.bucket().equals(Bucket.ofKey(key))) {
            throw in.damaged("it is of bucket " + header.bucket());
        }
        int count = in.u32();
        if (count < 0) {
            throw in.damaged("a count of " + count);
        }
        for (int i = 0; i < count; i++) {
            each.accept(Records.object(in));
        }
        if (!in.atEnd()) {
            throw in.damaged("there is more than its objects");
        }
        return header;
    }
}
