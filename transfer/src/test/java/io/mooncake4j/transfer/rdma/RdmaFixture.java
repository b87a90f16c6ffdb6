package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.engine.TransportFixture;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.tcp.TcpDataServer;
import io.mooncake4j.transfer.tcp.TcpServerOptions;
import io.mooncake4j.transfer.vm.DeviceKind;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** RDMA over the machine's device, for the behaviour of transports; without TCP for what it leaves to others. */
final class RdmaFixture implements TransportFixture {
    static final int POOL_BYTES = 32 << 20;
    /** Patient: a processor that is emulated is ten times slower. */
    static final RdmaOptions OPTIONS = RdmaOptions.DEFAULT
            .withDevices(List.of(DeviceKind.here().deviceName()))
            .withConnectTimeout(Duration.ofSeconds(20));

    private final RdmaOptions nodeOptions;

    RdmaFixture() {
        this(OPTIONS);
    }

    RdmaFixture(RdmaOptions nodeOptions) {
        this.nodeOptions = nodeOptions;
    }

    @Override
    public String host() {
        return DeviceKind.here().address();
    }

    @Override
    public TokenCheck tokenCheck() {
        return TokenCheck.WHEN_LET_IN;
    }

    @Override
    public ServedNode start(TestNode node, AccessHook hook) throws IOException {
        return new ServedNode(node, hook, nodeOptions);
    }

    @Override
    public Transport newTransport() {
        return new Counted(new RdmaTransport(RdmaDevice.open(OPTIONS), OPTIONS, () -> new BufferPool(POOL_BYTES)));
    }

    /** A node that clients reach by RDMA. */
    static final class ServedNode implements RunningNode {
        final RdmaNode rdma;
        final RdmaMeters meters = new RdmaMeters();
        private final TcpDataServer tcp;
        private final AtomicBoolean closed = new AtomicBoolean();

        ServedNode(TestNode node, AccessHook hook, RdmaOptions options) throws IOException {
            rdma = RdmaNode.start(options, node, meters);
            tcp = TcpDataServer.start(
                    TcpServerOptions.of(DeviceKind.here().address(), 0),
                    node,
                    node.gate(),
                    node.sessions(),
                    hook,
                    rdma,
                    new DataMeters());
        }

        @Override
        public int port() {
            return tcp.port();
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                tcp.close();
                assertThat(rdma.queuePairs()).isZero();
                rdma.close();
            }
        }
    }

    /** Sees that what is done was done by RDMA, to the byte. */
    private static final class Counted implements Transport {
        private final RdmaTransport transport;
        private final LongAdder doneBytes = new LongAdder();

        Counted(RdmaTransport transport) {
            this.transport = transport;
        }

        @Override
        public String name() {
            return transport.name();
        }

        @Override
        public void run(SegmentTransfer transfer, Deadline deadline) {
            transport.run(transfer, deadline);
            for (TransferOp op : transfer.ops()) {
                if (op.outcome() == TransferOp.Outcome.DONE) {
                    doneBytes.add(op.lengthBytes());
                }
            }
        }

        @Override
        public void close() {
            transport.close();
            assertThat(transport.payloadBytes()).isEqualTo(doneBytes.sum());
        }
    }
}
