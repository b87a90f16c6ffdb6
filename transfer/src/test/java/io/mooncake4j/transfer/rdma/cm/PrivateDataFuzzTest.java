package io.mooncake4j.transfer.rdma.cm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** What anybody may send with a request for a connection, or with its rejection. */
class PrivateDataFuzzTest {
    @FuzzTest
    void shouldIgnoreOrReadTheSameWhenPrivateDataIsAnything(byte[] bytes) {
        ConnectRequest request = ConnectRequest.decode(bytes);
        if (request != null) {
            byte[] again = request.encode();
            assertThat(again).isEqualTo(Arrays.copyOf(bytes, again.length));
        }
        Refusal refusal = Refusal.decode(bytes);
        if (refusal != null) {
            byte[] again = refusal.encode();
            assertThat(again).isEqualTo(Arrays.copyOf(bytes, again.length));
        }
    }
}
