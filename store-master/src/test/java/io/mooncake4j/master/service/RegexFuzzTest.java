package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.charset.StandardCharsets;

class RegexFuzzTest {
    private static final byte[] KEY = "model-a/layer-0/block-17".getBytes(StandardCharsets.UTF_8);

    @FuzzTest
    void shouldRefuseOrStaySmallWhenARegexIsCompiled(byte[] utf8) {
        KeyPattern pattern;
        try {
            pattern = KeyPattern.compile(new String(utf8, StandardCharsets.UTF_8));
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
            assertThat(e.reason()).containsAnyOf("regex", "RE2");
            return;
        }
        assertThat(pattern.programSize()).isLessThan(12_000);
        assertThat(pattern.isFoundIn(KEY)).isEqualTo(pattern.isFoundIn(KEY));
    }
}
