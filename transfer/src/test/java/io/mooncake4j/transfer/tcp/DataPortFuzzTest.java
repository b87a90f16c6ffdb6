package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mooncake4j.transfer.engine.BytePattern;
import io.mooncake4j.transfer.engine.PortProbe;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever is sent to the port: nothing outside the ranges of a sealed token changes, and others are served. */
class DataPortFuzzTest {
    private static final int REGION_BYTES = 4 << 10;
    private static final int GRANTED = 0;
    private static final int SOMEBODY_ELSES = 1;
    /** The byte by which an input asks for an OPEN, its lowest bit left out. */
    private static final int OPEN = 'N';

    private static final UUID CLIENT = new UUID(1, 2);

    private static final TestNode NODE = new TestNode(2, REGION_BYTES, SafetyRules.ALL);
    private static final StagedAccess ACCESS = new StagedAccess();
    private static TcpDataServer server;
    private static RawClient good;

    @BeforeAll
    static void start() throws IOException {
        server = TcpDataServer.start(
                TcpServerOptions.of("127.0.0.1", 0),
                NODE,
                NODE.gate(),
                NODE.sessions(),
                AccessHook.NONE,
                ACCESS,
                new DataMeters());
        ACCESS.arrivals.release(Integer.MAX_VALUE / 2); // every client comes at once
        good = RawClient.greeted(server.port(), CLIENT);
        BytePattern.fill(NODE.memory(SOMEBODY_ELSES, 0, REGION_BYTES), 7, 0);
    }

    @AfterAll
    static void stop() throws IOException {
        good.close();
        server.close();
        assertThat(server.connectionCount()).isZero();
        assertThat(NODE.sessions().openCount()).isZero();
        assertThat(ACCESS.open).hasValue(0);
    }

    @FuzzTest
    void shouldChangeNothingElseAndServeOnWhenAnythingIsSent(byte[] bytes) throws IOException {
        PortProbe.sendAndAwaitEnd(server.port(), stream(ByteBuffer.wrap(bytes)));
        BytePattern.check(NODE.memory(SOMEBODY_ELSES, 0, REGION_BYTES), 7, 0);
        TokenDraft read = NODE.draft(AccessToken.Mode.READ, CLIENT).range(SOMEBODY_ELSES, 100, 50);
        good.send(RawClient.request(read.seal(), 3, 50));
        RawClient.Answer answer = good.answer();
        assertThat(answer.status()).isEqualTo(ErrorCode.OK);
        BytePattern.check(ByteBuffer.wrap(answer.bytes()), 7, 100);
    }

    /** The first byte says how far the client behaves before the rest of the input follows as it is. */
    private static byte[] stream(ByteBuffer input) {
        ByteBuffer out = ByteBuffer.allocate(input.remaining() + 4096);
        int manners = input.hasRemaining() ? input.get() & 3 : 0;
        if (manners > 0) {
            TcpFormat.putHello(out, CLIENT, 1, TestNode.NONCE);
        }
        for (int i = 1; i < manners && input.remaining() >= 1 + 16 + 20; i++) {
            byte operation = input.get();
            AccessToken.Mode mode = AccessToken.Mode.values()[operation & 1];
            TokenDraft draft = NODE.draft(mode, CLIENT).range(GRANTED, input.getLong(), input.getLong());
            AccessToken token = draft.seal();
            if ((operation & ~1) == OPEN) {
                TcpFormat.putOpen(out, token, i, input.getInt());
                continue;
            }
            TcpFormat.putRequest(out, token, i, 1);
            out.putInt(input.getInt()).putLong(input.getLong()).putLong(input.getLong());
        }
        return ByteBuffer.allocate(out.flip().remaining() + input.remaining())
                .put(out)
                .put(input)
                .array();
    }
}
