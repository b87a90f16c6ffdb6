package io.mooncake4j.master.service;

import com.code_intelligence.jazzer.junit.FuzzTest;

class ReadRequestFuzzTest {
    private final DecodedRequests decoded = new DecodedRequests();

    @FuzzTest
    void shouldDecodeAsProtobufDoesWhenMessageIsAny(byte[] message) {
        decoded.agreeOn(message);
        decoded.agreeOnExists(message);
    }
}
