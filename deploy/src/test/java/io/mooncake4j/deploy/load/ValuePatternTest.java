package io.mooncake4j.deploy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValuePatternTest {
    static Stream<Arguments> lengths() {
        return Stream.iterate(1, length -> length + 1)
                .limit(100)
                .flatMap(length -> Stream.of(arguments(length, false), arguments(length, true)));
    }

    private static ByteBuffer filled(ValuePattern pattern, int length, boolean direct) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
        pattern.fill(buffer, 0);
        return buffer;
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldReportEveryFlippedByteWhenTheLengthIsAny(int length, boolean direct) {
        ValuePattern pattern = ValuePattern.of("key", 3, length);
        ByteBuffer buffer = filled(pattern, length, direct);
        assertThat(pattern.verify(buffer, 0)).isNull();
        for (int at = 0; at < length; at++) {
            byte right = buffer.get(at);
            buffer.put(at, (byte) (right ^ 1 << at % 8));
            assertThat(pattern.verify(buffer, 0)).isEqualTo(new ValuePattern.Mismatch(at, 1));
            buffer.put(at, right);
        }
        assertThat(buffer.position()).isZero();
    }

    @Test
    void shouldReportAFlippedByteWhenTheValueIsLong() {
        int length = 3 * 4096 + 5;
        ValuePattern pattern = ValuePattern.of("key", 0, length);
        ByteBuffer buffer = filled(pattern, length, true);
        for (int at : new int[] {0, 4095, 4096, 8191, 8192, 12287, 12288, length - 1}) {
            byte right = buffer.get(at);
            buffer.put(at, (byte) (right + 1));
            assertThat(pattern.verify(buffer, 0)).isEqualTo(new ValuePattern.Mismatch(at, 1));
            buffer.put(at, right);
        }
    }

    @Property(tries = 300)
    void shouldMakeTheSameBytesWhenMadeInPieces(
            @ForAll @IntRange(min = 0, max = 200) int first, @ForAll @IntRange(min = 0, max = 200) int second) {
        int length = first + second;
        ValuePattern pattern = ValuePattern.of("key", 7, length);
        ByteBuffer whole = filled(pattern, length, false);
        ByteBuffer pieces = ByteBuffer.allocate(length);
        pattern.fill(pieces.slice(0, first), 0);
        pattern.fill(pieces.slice(first, second), first);

        assertThat(pieces).isEqualTo(whole);
        assertThat(pattern.verify(whole.slice(first, second), first)).isNull();
    }

    @Test
    void shouldDifferInAlmostEveryByteWhenKeyVersionOrLengthDiffers() {
        ByteBuffer buffer = filled(ValuePattern.of("key", 1, 8000), 8000, true);

        for (ValuePattern other : new ValuePattern[] {
            ValuePattern.of("kez", 1, 8000), ValuePattern.of("key", 2, 8000), ValuePattern.of("key", 1, 8001)
        }) {
            assertThat(other.verify(buffer, 0)).isNotNull();
            assertThat(other.verify(buffer, 0).wrongBytes()).isGreaterThan(7900);
        }
    }

    @Test
    void shouldReportMovedBytesWhenTheyComeFromAnotherPlaceOfTheValue() {
        ValuePattern pattern = ValuePattern.of("key", 1, 8192);
        ByteBuffer buffer = filled(pattern, 8192, true);

        assertThat(pattern.verify(buffer.slice(4096, 4096), 0)).isNotNull();
        assertThat(pattern.verify(ByteBuffer.allocate(4096), 0)).isNotNull();
    }
}
