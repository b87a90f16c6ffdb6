package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

class SegmentHeaderFuzzTest {
    private static final SegmentHeader OURS =
            new SegmentHeader(1, new UUID(1, 1), new UUID(2, 2), new UUID(3, 3), 4, 5, 6, SegmentHeader.Told.NOTHING);

    /** An input whose first byte is odd gets a right checksum, so that the fields count. */
    @FuzzTest
    void shouldFindNoHeaderOrOneItWritesAlikeWhenAPageIsRead(byte[] bytes) {
        ByteBuffer page = ByteBuffer.wrap(Arrays.copyOf(bytes, SegmentHeader.BYTES));
        if (bytes.length > 0 && (bytes[0] & 1) == 1) {
            ByteBuffer ours = ByteBuffer.allocate(SegmentHeader.BYTES);
            OURS.write(ours);
            page.putLong(0, ours.getLong(0));
            CRC32C crc = new CRC32C();
            crc.update(page.slice(16, 96));
            page.putLong(8, crc.getValue());
        }
        Optional<SegmentHeader> read = SegmentHeader.read(page);
        if (read.isPresent()) {
            ByteBuffer again = ByteBuffer.allocate(SegmentHeader.BYTES);
            read.get().write(again);
            assertThat(SegmentHeader.read(again)).isEqualTo(read);
            assertThat(read.get().mismatch(read.get())).isEmpty();
        }
    }
}
