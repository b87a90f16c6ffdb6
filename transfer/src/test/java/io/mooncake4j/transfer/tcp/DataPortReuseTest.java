package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.memory.FillProgress;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.SessionTable;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DataPortReuseTest {
    private final SegmentMemory memory =
            SegmentMemory.open(new SegmentMemoryOptions(MemoryKind.anonymous(), "s", 4096), FillProgress.NONE);

    @Test
    void shouldHaveFreedThePortWhenCloseReturns() throws IOException {
        int port = 0;
        for (int i = 0; i < 30; i++) {
            try (TcpDataServer server = start(port)) {
                assertThat(port).isIn(0, server.port());
                port = server.port();
            }
        }
    }

    private TcpDataServer start(int port) throws IOException {
        return TcpDataServer.start(
                TcpServerOptions.of("127.0.0.1", port),
                memory,
                new AccessGate(memory, memory.id(), 1, SafetyRules.ALL),
                new SessionTable(SafetyRules.ALL),
                AccessHook.NONE);
    }
}
