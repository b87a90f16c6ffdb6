package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import java.util.ArrayList;
import java.util.List;

/** One value of the journal: the records of one commit, numbered from the first on. */
record Entry(long revision, long firstSequence, List<Change> changes, int crc) {
    /** revision, first sequence, count */
    static final int COUNT_AT = 4 + Long.BYTES + Long.BYTES;

    static void begin(Encoder out, long revision, long firstSequence) {
        Envelope.ENTRY.begin(out);
        out.u64(revision);
        out.u64(firstSequence);
        out.u32(0);
    }

    static byte[] seal(Encoder out, int count) {
        out.u32At(COUNT_AT, count);
        return Envelope.seal(out);
    }

    static Entry read(String key, byte[] value) {
        Decoder in = Envelope.ENTRY.open(key, value);
        long revision = in.u64();
        long first = in.u64();
        int count = in.u32();
        List<Change> changes = new ArrayList<>(Math.min(Math.max(count, 0), value.length));
        for (int i = 0; i < count; i++) {
            changes.add(Records.read(in));
        }
        if (!in.atEnd() || count < 1) {
            throw in.damaged("there is more or less than its " + count + " records");
        }
        Entry entry = new Entry(revision, first, changes, Envelope.crcOf(value));
        if (first < 1
                || entry.lastSequence() < first
                || !Keys.entry(entry.lastSequence()).equals(key)) {
            throw in.damaged("its last record is " + entry.lastSequence());
        }
        return entry;
    }

    long lastSequence() {
        return firstSequence + changes.size() - 1;
    }
}
