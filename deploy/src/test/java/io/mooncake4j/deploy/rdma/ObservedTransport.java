package io.mooncake4j.deploy.rdma;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.wire.Deadline;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** A client's transport, which counts what it has done for each node and tells how each run ended. */
final class ObservedTransport implements Transport {
    private final Transport transport;
    private final Consumer<String> ended;
    private final Map<String, LongAdder> doneBytes = new ConcurrentHashMap<>();

    /** @param ended given the transport's name, the outcomes of a run's operations and why one isn't done, on the thread that ran them */
    ObservedTransport(Transport transport, Consumer<String> ended) {
        this.transport = transport;
        this.ended = ended;
    }

    @Override
    public String name() {
        return transport.name();
    }

    @Override
    public void run(SegmentTransfer transfer, Deadline deadline) {
        transport.run(transfer, deadline);
        TreeSet<TransferOp.Outcome> outcomes = new TreeSet<>();
        String why = "";
        long bytes = 0;
        for (TransferOp op : transfer.ops()) {
            outcomes.add(op.outcome());
            if (op.outcome() == TransferOp.Outcome.DONE) {
                bytes += op.lengthBytes();
            } else {
                why = " " + op.detail();
            }
        }
        doneBytes
                .computeIfAbsent(transfer.target().segmentName(), node -> new LongAdder())
                .add(bytes);
        ended.accept(name() + " " + outcomes + why);
    }

    /** Of operations that are done. */
    long doneBytes() {
        return doneBytes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Of operations on one node that are done. */
    long doneBytes(String node) {
        LongAdder bytes = doneBytes.get(node);
        return bytes == null ? 0 : bytes.sum();
    }

    @Override
    public void close() {
        transport.close();
    }
}
