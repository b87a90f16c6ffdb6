package io.mooncake4j.deploy.badinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.transfer.engine.PortProbe;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What isn't our protocol, or is it badly, at the ports of a whole store: who would understand an answer gets one that
 * says why, others are cut off, and the store is unharmed.
 */
class BadBytesTest {
    private static final int MAGIC = 0x4D43344A;
    private static final byte[] HTTP = "GET /metrics HTTP/1.1\r\nHost: store\r\n\r\n".getBytes(UTF_8);
    private static final byte[] TLS = HexFormat.of().parseHex("16030100c8010000c40303");
    private static final int ERROR_CODE_AT = 12;
    private static final int STATUS_AT = 8;

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    /** What comes back: the number of an error at a place, with words; nothing at all if there are no words. */
    private record Bad(String name, int port, byte[] sent, int codeAt, ErrorCode code, String words) {}

    private final List<Bad> table = new ArrayList<>();

    private static byte[] frame(int length, int major, int kind, int method, byte[] body) {
        return ByteBuffer.allocate(32 + body.length)
                .putInt(length)
                .putInt(MAGIC)
                .putInt(major << 24 | kind << 8)
                .putInt(method)
                .putLong(7)
                .putLong(10_000_000)
                .put(body)
                .array();
    }

    private static byte[] request(int method, byte[] body) {
        return frame(28 + body.length, 1, 1, method, body);
    }

    private static byte[] hello(int version) {
        return ByteBuffer.allocate(40)
                .putInt(MAGIC)
                .putShort((short) version)
                .putShort((short) 0)
                .putLong(1)
                .putLong(2)
                .putLong(1)
                .putLong(3)
                .array();
    }

    private void table(int rpc, int data) {
        byte[] malformed = {0x0A};
        byte[] good = request(8, new byte[0]);
        silent("rpc, HTTP", rpc, HTTP);
        silent("rpc, TLS", rpc, TLS);
        silent("rpc, a data hello", rpc, hello(1));
        silent(
                "rpc, a frame cut short",
                rpc,
                ByteBuffer.allocate(31).put(good, 0, 31).array());
        silent("rpc, nothing", rpc, new byte[0]);
        refused("rpc, newer version", rpc, frame(28, 2, 1, 8, new byte[0]), ErrorCode.PROTOCOL_MISMATCH, "upgrade");
        refused(
                "rpc, short length",
                rpc,
                frame(27, 1, 1, 8, new byte[0]),
                ErrorCode.INVALID_PARAMS,
                "shorter than its");
        refused("rpc, 4 GiB", rpc, frame(-1, 1, 1, 8, new byte[0]), ErrorCode.FRAME_TOO_LARGE, "the limit here");
        refused("rpc, unknown kind", rpc, frame(28, 1, 9, 8, new byte[0]), ErrorCode.NOT_SUPPORTED, "kind 9");
        refused("rpc, unknown method", rpc, request(99, new byte[0]), ErrorCode.NOT_SUPPORTED, "method 99 is unknown");
        refused(
                "rpc, an answer",
                rpc,
                frame(28, 1, 2, 8, new byte[0]),
                ErrorCode.INVALID_PARAMS,
                "not frames of kind 2");
        for (int method = 1; method <= 19; method++) {
            if (method != 17) { // ListSegments has no field that could be malformed
                refused(
                        "rpc, malformed " + method,
                        rpc,
                        request(method, malformed),
                        ErrorCode.INVALID_PARAMS,
                        "malformed");
            }
        }
        silent("data, HTTP", data, HTTP);
        silent("data, TLS", data, TLS);
        silent("data, a frame", data, good);
        silent(
                "data, a hello cut short",
                data,
                ByteBuffer.allocate(39).put(hello(1), 0, 39).array());
        silent("data, nothing", data, new byte[0]);
        unwelcome("data, newer version", data, hello(2), ErrorCode.PROTOCOL_MISMATCH, "speaks version 1");
        unwelcome("data, other process", data, hello(1), ErrorCode.TOKEN_REFUSED, "an earlier process of this node");
    }

    private void silent(String name, int port, byte[] sent) {
        table.add(new Bad(name, port, sent, 0, ErrorCode.OK, ""));
    }

    private void refused(String name, int port, byte[] sent, ErrorCode code, String words) {
        table.add(new Bad(name, port, sent, ERROR_CODE_AT, code, words));
    }

    private void unwelcome(String name, int port, byte[] sent, ErrorCode code, String words) {
        table.add(new Bad(name, port, sent, STATUS_AT, code, words));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhyOrCloseAndBeUnharmedWhenBytesAreBad() {
        cluster.start(ClusterPlan.DEFAULT.withNodes(1, 1 << 20, 256 << 10).withLease(Duration.ofMillis(50)));
        Unharmed unharmed = new Unharmed(cluster);
        table(
                Integer.parseInt(cluster.masters().split(":", -1)[1]),
                cluster.master().segment(0).address().dataPort());
        return table.stream()
                .map(bad -> DynamicTest.dynamicTest(bad.name(), () -> {
                    byte[] answer = bad.codeAt() == ERROR_CODE_AT
                            ? PortProbe.sendAndAwaitFrame(bad.port(), bad.sent())
                            : PortProbe.sendAndAwaitEnd(bad.port(), bad.sent());
                    if (bad.words().isEmpty()) {
                        assertThat(answer).isEmpty();
                    } else {
                        assertThat(ByteBuffer.wrap(answer).getInt(bad.codeAt()))
                                .isEqualTo(bad.code().number());
                        assertThat(new String(answer, UTF_8)).contains(bad.words());
                    }
                    unharmed.check();
                }));
    }
}
