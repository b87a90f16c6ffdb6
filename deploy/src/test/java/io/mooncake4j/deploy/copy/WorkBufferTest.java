package io.mooncake4j.deploy.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkBufferTest {
    @Test
    void shouldGiveMemoryOfTheRightSizeWhenAskedAgainAndAgain() {
        WorkBuffer buffer = new WorkBuffer();
        for (int bytes : new int[] {0, 10, 5, 4096, 1, WorkBuffer.MAX_BYTES}) {
            assertThat(buffer.take(bytes).remaining()).isEqualTo(bytes);
        }
    }
}
