package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.memory.SegmentHeader.Told;
import java.nio.ByteBuffer;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SegmentHeaderTest {
    private static final SegmentHeader HEADER = new SegmentHeader(
            SegmentHeader.LAYOUT_VERSION,
            UUID.randomUUID(),
            null,
            UUID.randomUUID(),
            17,
            1 << 20,
            1 << 16,
            new Told(5, 7));

    @Property(tries = 100)
    void shouldReadWhatWasWrittenWhenNothingChanged(
            @ForAll long id,
            @ForAll boolean mounted,
            @ForAll long inode,
            @ForAll long size,
            @ForAll long region,
            @ForAll long told) {
        SegmentHeader header = new SegmentHeader(
                1,
                new UUID(id, 1),
                mounted ? new UUID(id, 2) : null,
                new UUID(3, id),
                inode,
                size,
                region,
                new Told(told, told ^ id));
        ByteBuffer page = ByteBuffer.allocate(SegmentHeader.BYTES);

        header.write(page);

        assertThat(SegmentHeader.read(page)).contains(header);
    }

    @Property(tries = 300)
    void shouldReadNothingWhenOneBitFlipped(@ForAll @IntRange(max = 8 * (16 + 96) - 1) int bit) {
        ByteBuffer page = ByteBuffer.allocate(SegmentHeader.BYTES);
        HEADER.write(page);

        page.put(bit / 8, (byte) (page.get(bit / 8) ^ 1 << bit % 8));

        assertThat(SegmentHeader.read(page)).isEmpty();
    }

    @Test
    void shouldReadNothingWhenWritingStoppedBeforeTheMagic() {
        ByteBuffer page = ByteBuffer.allocate(SegmentHeader.BYTES);
        HEADER.write(page);

        SegmentHeader.erase(page);

        assertThat(SegmentHeader.read(page)).isEmpty();
    }

    @Test
    void shouldHaveNewIdAndNoClusterWhenRenewed() {
        SegmentHeader mounted = HEADER.withCluster(UUID.randomUUID());

        SegmentHeader renewed = mounted.renewed(UUID.randomUUID());

        assertThat(renewed.segmentId()).isNotEqualTo(mounted.segmentId());
        assertThat(renewed.clusterId()).isNull();
        assertThat(renewed.mismatch(mounted)).isEmpty();
    }
}
