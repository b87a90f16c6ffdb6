package io.mooncake4j.transfer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

class HostPortFuzzTest {
    @FuzzTest
    void shouldRefuseOrReadWhatItWritesWhenAddressesAreRead(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        List<HostPort> read;
        try {
            read = HostPort.parseList(text);
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
            assertThat(e.reason()).contains("is not an address");
            return;
        }
        String written = read.stream().map(HostPort::toString).collect(Collectors.joining(","));
        assertThat(HostPort.parseList(written)).isEqualTo(read);
    }
}
