package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.Checksum;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ValueBytesTest {
    /** Parts that lie somewhere inside larger buffers, every second one direct. */
    private static ByteBuffer[] parts(byte[] value, List<Integer> lengths) {
        ByteBuffer[] parts = new ByteBuffer[lengths.size()];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            int length = lengths.get(i);
            ByteBuffer all = i % 2 == 0 ? ByteBuffer.allocate(length + 9) : ByteBuffer.allocateDirect(length + 9);
            all.put(4, value, at, length).position(4).limit(4 + length);
            parts[i] = all;
            at += length;
        }
        return parts;
    }

    private static byte[] value(List<Integer> lengths) {
        return Values.of("k", lengths.stream().mapToInt(n -> n).sum());
    }

    private static byte[] bytes(ByteBuffer[] views) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(views).mapToInt(ByteBuffer::remaining).sum());
        for (ByteBuffer view : views) {
            all.put(view);
        }
        return all.array();
    }

    @Property
    void shouldShowTheSameBytesAsOneArrayWhereverItIsCut(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 40) Integer> lengths,
            @ForAll @IntRange(max = 240) int from,
            @ForAll @IntRange(max = 240) int length) {
        byte[] value = value(lengths);
        ByteBuffer[] parts = parts(value, lengths);
        ValueBytes bytes = new ValueBytes(parts);
        int start = Math.min(from, value.length);
        int end = Math.min(start + length, value.length);

        assertThat(bytes.sizeBytes()).isEqualTo(value.length);
        assertThat(bytes(bytes.views(start, end - start))).isEqualTo(Arrays.copyOfRange(value, start, end));
        assertThat(bytes.checksum()).isEqualTo(Checksum.of(ByteBuffer.wrap(value)));
        assertThat(bytes(bytes.first(end).views(0, end))).isEqualTo(Arrays.copyOf(value, end));
        for (ByteBuffer part : parts) {
            assertThat(part.position()).isEqualTo(4);
        }
    }

    @Property
    void shouldCopyBetweenDifferentCuts(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 40) Integer> lengths,
            @ForAll @IntRange(max = 100) int firstPart) {
        byte[] value = value(lengths);
        ByteBuffer one = ByteBuffer.allocate(Math.min(firstPart, value.length));
        ByteBuffer two = ByteBuffer.allocateDirect(value.length - one.capacity());

        new ValueBytes(parts(value, lengths)).copyTo(new ValueBytes(one, two));

        assertThat(bytes(new ByteBuffer[] {one, two})).isEqualTo(value);
    }
}
