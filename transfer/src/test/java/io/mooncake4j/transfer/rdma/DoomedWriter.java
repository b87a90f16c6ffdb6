package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.vm.DeviceKind;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A client process that writes over and over, until it is killed. */
final class DoomedWriter {
    private DoomedWriter() {}

    /** Starts one with this JVM's flags. */
    static Process start(int port, AccessToken token) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(token.encodedBytes());
        token.encode(bytes);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DoomedWriter.class.getName()));
        command.add(Integer.toString(port));
        command.add(Base64.getEncoder().encodeToString(bytes.array()));
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** @param arguments the node's port, and the token */
    public static void main(String... arguments) {
        AccessToken token =
                AccessToken.decode(ByteBuffer.wrap(Base64.getDecoder().decode(arguments[1])));
        SegmentTarget target =
                new SegmentTarget("node", DeviceKind.here().address(), Integer.parseInt(arguments[0]), token);
        ByteBuffer source = ByteBuffer.allocateDirect((int) token.lengths()[0]);
        source.put(0, (byte) 1);
        try (Transport transport = new RdmaFixture().newTransport()) {
            TransferOp op;
            do {
                op = new TransferOp(0, 0, source);
                transport.run(new SegmentTransfer(target, List.of(op)), Deadline.after(Duration.ofSeconds(60)));
            } while (op.outcome() == TransferOp.Outcome.DONE);
            throw new IllegalStateException(op.detail());
        }
    }
}
