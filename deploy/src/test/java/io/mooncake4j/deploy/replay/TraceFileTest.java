package io.mooncake4j.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFileTest {
    private static final String LINE =
            "{\"timestamp\": 27482, \"input_length\": 6955, \"output_length\": 52, \"hash_ids\": [46, 47, 2353]}";

    @TempDir
    Path directory;

    private Path file(String... lines) throws IOException {
        return Files.write(directory.resolve("trace.jsonl"), List.of(lines));
    }

    @Test
    void shouldReadRequestsInOrderWhenTheFileIsMooncakes() throws IOException {
        Path file = file(LINE, "", "{\"hash_ids\":[],\"timestamp\":30000}");

        List<TraceRequest> requests = TraceFile.read(file, 10);

        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).timestampMillis()).isEqualTo(27482);
        assertThat(requests.get(0).blockIds()).containsExactly(46, 47, 2353);
        assertThat(requests.get(1).blockIds()).isEmpty();
    }

    @Test
    void shouldStopAtTheLimitWhenTheFileIsLonger() throws IOException {
        assertThat(TraceFile.read(file(LINE, LINE, "broken"), 2)).hasSize(2);
    }

    @Test
    void shouldSkipUnknownFieldsWhenTheyAreJson() throws IOException {
        TraceRequest request = TraceFile.parse("{\"type\":\"a\\\"b\",\"x\":{\"y\":[1.5e3,null,{}],\"z\":true},"
                + "\"timestamp\":1,\"empty\":[],\"hash_ids\":[7]}");

        assertThat(request.blockIds()).containsExactly(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "{}",
                "[]",
                "{\"timestamp\": 1}",
                "{\"hash_ids\": [1]}",
                "{\"timestamp\": 1, \"hash_ids\": [1}",
                "{\"timestamp\": 1, \"hash_ids\": [1,]}",
                "{\"timestamp\": 1, \"hash_ids\": [-1]}",
                "{\"timestamp\": 1.5, \"hash_ids\": [1]}",
                "{\"timestamp\": 1, \"hash_ids\": [1]",
                "{\"timestamp\": 1, \"hash_ids\": [1]} x",
                "{\"timestamp\": 1, \"hash_ids\": [1]}\0x",
                "{\"timestamp\": 1, \"hash_ids\": [1], }",
                "{\"timestamp\": 1, \"hash_ids\": [12345678901234567890]}",
                "{\"timestamp\": 1, \"hash_ids: [1]}",
                "{\"timestamp\": 1, \"a\": , \"hash_ids\": [1]}",
                "{\"timestamp\": 1, \"a\\"
            })
    void shouldNameFileAndLineWhenALineIsMalformed(String line) throws IOException {
        Path file = file(LINE, line);

        assertThatThrownBy(() -> TraceFile.read(file, 10))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("trace.jsonl, line 2");
    }

    @Test
    void shouldNameTheFileWhenItIsNoText() throws IOException {
        Path file = Files.write(directory.resolve("trace.jsonl"), new byte[] {'{', (byte) 0xC3, 0x28});

        assertThatThrownBy(() -> TraceFile.read(file, 10))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("trace.jsonl, line 1")
                .hasMessageContaining("UTF-8");
    }

    @Test
    void shouldRefuseWhenNestingHasNoEnd() {
        String line = "{\"a\":" + "[".repeat(100_000);

        assertThatThrownBy(() -> TraceFile.parse(line))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("nesting");
    }
}
