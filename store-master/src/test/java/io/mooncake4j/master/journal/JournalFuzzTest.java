package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mooncake4j.master.placement.Change;
import java.util.ArrayList;
import java.util.List;

/** Whatever lies in etcd is read, or refused by its key; what was read is read again from what is written of it. */
class JournalFuzzTest {
    private static final int FIRST_SEQUENCE_AT = 12;

    private static void reads(Runnable reading) {
        try {
            reading.run();
        } catch (FormatException e) {
            assertThat(e.key()).isNotEmpty();
            assertThat(e.wayOut()).isNotEmpty();
        }
    }

    private static byte[] withChecksum(byte[] bytes) {
        Encoder out = new Encoder(64);
        for (byte each : bytes) {
            out.u8(each);
        }
        return Envelope.seal(out);
    }

    /** @param unsealed all but its checksum, else nothing behind that would ever be read */
    @FuzzTest
    void shouldReadOrNameTheKeyWhenAValueIsAny(byte[] unsealed) {
        byte[] value = withChecksum(unsealed);
        entry(value, longAt(unsealed, FIRST_SEQUENCE_AT));
        for (Bucket bucket : List.of(new Bucket(12, 0), new Bucket(13, 0x13c5), new Bucket(48, 5))) {
            reads(() -> assertThat(
                            BucketValue.read(bucket.key(), value, object -> {}).bucket())
                    .isEqualTo(bucket));
        }
        reads(() -> {
            SegmentsValue segments = SegmentsValue.decode(value);
            SegmentsValue again = SegmentsValue.decode(segments.encode());
            assertThat(again.mounted()).isEqualTo(segments.mounted());
            assertThat(again.dropped()).isEqualTo(segments.dropped());
        });
        reads(() -> Head.decode(value));
        reads(() -> Meta.Content.of(value));
    }

    /** Under the keys that an entry of some records has. */
    private static void entry(byte[] value, long first) {
        for (int more = 0; more < 8; more++) {
            long last = first + more;
            List<Change> changes = new ArrayList<>();
            reads(() -> changes.addAll(Entry.read(last < 1 ? Keys.entry(1) : Keys.entry(last), value)
                    .changes()));
            if (!changes.isEmpty()) {
                Encoder out = new Encoder(64);
                Entry.begin(out, 1, 1);
                changes.forEach(change -> Records.write(out, change));
                byte[] again = Entry.seal(out, changes.size());
                assertThat(Entry.read(Keys.entry(changes.size()), again).changes())
                        .usingRecursiveComparison()
                        .isEqualTo(changes);
            }
        }
    }

    private static long longAt(byte[] bytes, int index) {
        long value = 0;
        for (int i = index; i < index + Long.BYTES; i++) {
            value = value << Byte.SIZE | (i < bytes.length ? bytes[i] & 0xFF : 0);
        }
        return value;
    }
}
