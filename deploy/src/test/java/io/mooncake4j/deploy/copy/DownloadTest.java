package io.mooncake4j.deploy.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadTest {
    @ParameterizedTest
    @CsvSource({"10, 4:4:2", "8, 4:4", "5, 4:1", "4, 4", "1, 1", "0, ''"})
    void shouldKeepOnlyTheValuesBytesWhenItIsSmallerThanAskedFor(long sizeBytes, String lengths) {
        List<ByteBuffer> parts = List.of(ByteBuffer.allocate(4), ByteBuffer.allocate(4), ByteBuffer.allocate(2));

        List<ByteBuffer> cut = Download.cut(parts, sizeBytes);

        assertThat(String.join(
                        ":",
                        cut.stream()
                                .map(part -> Integer.toString(part.remaining()))
                                .toList()))
                .isEqualTo(lengths);
    }

    @Test
    void shouldGiveMemoryOfTheRightSizeWhenAskedAgainAndAgain() {
        WorkBuffer buffer = new WorkBuffer();
        for (int bytes : new int[] {0, 10, 5, 4096, 1, WorkBuffer.MAX_BYTES}) {
            assertThat(buffer.take(bytes).remaining()).isEqualTo(bytes);
        }
    }
}
