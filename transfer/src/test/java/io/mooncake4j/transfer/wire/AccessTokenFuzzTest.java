package io.mooncake4j.transfer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;

class AccessTokenFuzzTest {
    private static final SealKey KEY = new SealKey(new byte[32]);

    @FuzzTest
    void shouldRefuseOrEncodeTheSameWhenATokenIsRead(byte[] bytes) {
        AccessToken token;
        try {
            token = AccessToken.decode(ByteBuffer.wrap(bytes));
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            return;
        }
        ByteBuffer again = ByteBuffer.allocate(token.encodedBytes());
        token.encode(again);
        assertThat(again.array()).isEqualTo(Arrays.copyOf(bytes, again.capacity()));
        assertThat(token.isSealedBy(KEY)).isFalse();
    }
}
