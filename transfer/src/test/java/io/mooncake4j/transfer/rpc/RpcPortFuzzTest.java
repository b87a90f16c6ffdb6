package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mooncake4j.transfer.engine.PortProbe;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.RemovedResponse;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever is sent to the port: it answers or closes, and serves others. */
class RpcPortFuzzTest {
    private static RpcServer server;
    private static RawPeer good;
    private static long id;

    @BeforeAll
    static void start() throws IOException {
        server = RpcServer.start(
                RpcServerOptions.builder()
                        .bindHost("127.0.0.1")
                        .port(0)
                        .maxFrameBytes(1 << 16)
                        .maxInFlightPerConnection(8)
                        .build(),
                call -> call.reply(RemovedResponse.newBuilder()
                        .setRemoved(call.parse(PutStartRequest.parser()).getSequence())
                        .build()));
        good = RawPeer.connect(server.port());
    }

    @AfterAll
    static void stop() throws IOException {
        good.close();
        server.close();
    }

    @FuzzTest
    void shouldServeOnWhenAnythingIsSent(byte[] bytes) throws IOException {
        PortProbe.sendAndAwaitEnd(server.port(), bytes);
        byte[] body = PutStartRequest.newBuilder().setSequence(++id).build().toByteArray();
        good.send(RawPeer.request(1, id, body));
        RawPeer.Received answer = good.receive();
        assertThat(answer.id()).isEqualTo(id);
        assertThat(RemovedResponse.parseFrom(answer.body()).getRemoved()).isEqualTo(id);
    }
}
