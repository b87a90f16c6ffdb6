package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.placement.Change;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SegmentsValueTest {
    private final SegmentsValue segments = new SegmentsValue();

    private void drop(long from, long to) {
        for (long i = from; i <= to; i++) {
            segments.apply(new Change.SegmentDropped(new UUID(1, i)), i);
        }
    }

    private static List<UUID> ids(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(i -> new UUID(1, i)).toList();
    }

    @Test
    void shouldForgetTheOldestWhenMoreSegmentsWereDroppedThanAreKept() {
        drop(1, SegmentsValue.DROPPED_KEPT);
        assertThat(segments.dropped()).isEqualTo(ids(1, SegmentsValue.DROPPED_KEPT));
        int bytes = segments.encode().length;

        drop(SegmentsValue.DROPPED_KEPT + 1, SegmentsValue.DROPPED_KEPT + 904);

        assertThat(segments.dropped()).isEqualTo(ids(905, SegmentsValue.DROPPED_KEPT + 904));
        assertThat(segments.sequence()).isEqualTo(5000);
        assertThat(segments.encode()).as("it grows no more").hasSize(bytes);
        SegmentsValue read = SegmentsValue.decode(segments.encode());
        assertThat(read.dropped()).isEqualTo(segments.dropped());

        read.apply(new Change.SegmentDropped(new UUID(1, 5001)), 5001);
        assertThat(read.dropped()).as("in its order").isEqualTo(ids(906, 5001));
    }
}
