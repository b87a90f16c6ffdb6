package io.mooncake4j.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class TraceFuzzTest {
    @FuzzTest
    void shouldRefuseOrReadWhatItSaysWhenALineIsRead(byte[] utf8) {
        TraceRequest request;
        try {
            request = TraceFile.parse(new String(utf8, StandardCharsets.UTF_8));
        } catch (TraceFormatException e) {
            assertThat(e).hasMessageContaining(e.getMessage().startsWith("column") ? "expected" : "needs");
            return;
        }
        assertThat(request.timestampMillis()).isNotNegative();
        assertThat(Arrays.stream(request.blockIds()).min().orElse(0)).isNotNegative();
    }
}
