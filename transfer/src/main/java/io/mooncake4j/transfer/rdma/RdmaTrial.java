package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.cm.CmListener;
import io.mooncake4j.transfer.rdma.cm.IncomingLink;
import io.mooncake4j.transfer.rdma.cm.OutgoingLink;
import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.Memory;
import io.mooncake4j.transfer.rdma.verbs.MemoryRegion;
import io.mooncake4j.transfer.rdma.verbs.PeerAccess;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import io.mooncake4j.transfer.rdma.verbs.WcStatus;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device tried out without any peer: this process connects to itself over the device's address, as a client does to a
 * node, writes bytes by RDMA, reads them back and compares. Uses one thread and leaves nothing behind.
 */
public final class RdmaTrial {
    private static final Logger LOG = LoggerFactory.getLogger(RdmaTrial.class);
    private static final int BYTES = 1 << 20;
    private static final int DEPTH = 4;
    /** Some devices refuse fewer. */
    private static final int COMPLETIONS = 64;

    private static final long WRITE_ID = 1;
    private static final long READ_ID = 2;

    private interface Closing {
        void run() throws IOException;
    }

    private final RdmaOptions options;
    private final Deque<Closing> toClose = new ArrayDeque<>();
    private String step = "open the device";
    private long connectNanos;
    private long writeNanos;
    private long readNanos;

    private RdmaTrial(RdmaOptions options) {
        this.options = options;
    }

    /** Tries one device. Each step takes its options' time to connect at the longest. Never throws. */
    public static RdmaTrialResult run(String device, RdmaOptions options) {
        RdmaTrial trial = new RdmaTrial(options.withDevices(List.of(device)));
        String failure = trial.failure();
        return new RdmaTrialResult(failure, BYTES, trial.connectNanos, trial.writeNanos, trial.readNanos);
    }

    /** Empty where all went well. */
    private String failure() {
        try {
            tryOut();
            return "";
        } catch (StoreException e) {
            return step + ": " + e.reason();
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            return step + ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            closeAll();
        }
    }

    private void tryOut() throws IOException {
        RdmaDevice device = RdmaDevice.open(options);
        toClose.push(device::close);
        step = "register memory";
        ByteBuffer here = ByteBuffer.allocateDirect(2 * BYTES); // what is written, and where it is read to
        ByteBuffer there = ByteBuffer.allocateDirect(BYTES);
        // the answer to a READ is a write of the peer on iWARP
        PeerAccess ours = device.info().iwarp() ? PeerAccess.WRITE : PeerAccess.NONE;
        MemoryRegion local = register(device, here, ours);
        MemoryRegion remote = register(device, there, PeerAccess.READ_WRITE);
        step = "make completion queues";
        CompletionQueue completions = device.context().createCq(COMPLETIONS);
        toClose.push(completions::close);
        QueuePair queuePair = connect(device, completions);
        for (int i = 0; i < BYTES; i++) {
            here.put(i, (byte) (i * 31 + (i >> 8)));
        }
        move(queuePair, completions, local, remote);
        step = "compare what was written with what was read";
        int wrong = here.slice(0, BYTES).mismatch(here.slice(BYTES, BYTES));
        if (wrong >= 0) {
            throw new IOException("the bytes differ, first at " + wrong + "; don't use this device");
        }
    }

    private MemoryRegion register(RdmaDevice device, ByteBuffer memory, PeerAccess peers) throws IOException {
        MemoryRegion region = device.pd().register(Memory.address(memory), memory.capacity(), peers);
        toClose.push(() -> {
            region.close();
            Reference.reachabilityFence(memory); // a registration doesn't keep what it registers
        });
        return region;
    }

    private QueuePair connect(RdmaDevice device, CompletionQueue completions) throws IOException {
        CompletionQueue unused = device.context().createCq(COMPLETIONS);
        toClose.push(unused::close);
        step = "listen for connections of rdma_cm";
        CmListener listener =
                CmListener.start(device.address(), device.pd(), unused, options.connectTimeout(), new LongAdder());
        toClose.push(listener::close);
        step = "connect a queue pair by rdma_cm";
        IncomingLink incoming = listener.admit(1, () -> {});
        toClose.push(incoming::close);
        OutgoingLink outgoing = new OutgoingLink(device.address(), device.pd(), completions);
        toClose.push(outgoing::close);
        long begun = System.nanoTime();
        QueuePair made = outgoing.connect(
                listener.address(), incoming.ticket(), DEPTH, 0, Deadline.after(options.connectTimeout()));
        incoming.awaitEstablished();
        connectNanos = System.nanoTime() - begun;
        return made;
    }

    private void move(QueuePair queuePair, CompletionQueue completions, MemoryRegion local, MemoryRegion remote)
            throws IOException {
        step = "WRITE";
        long begun = System.nanoTime();
        queuePair.stageWrite(
                WRITE_ID, local.address(), local.localKey(), BYTES, remote.address(), remote.remoteKey(), true, false);
        queuePair.post();
        await(completions, WRITE_ID);
        writeNanos = System.nanoTime() - begun;
        step = "READ";
        begun = System.nanoTime();
        queuePair.stageRead(
                READ_ID, local.address() + BYTES, local.localKey(), BYTES, remote.address(), remote.remoteKey(), true);
        queuePair.post();
        await(completions, READ_ID);
        readNanos = System.nanoTime() - begun;
    }

    private void await(CompletionQueue completions, long wrId) throws IOException {
        Deadline deadline = Deadline.after(options.connectTimeout());
        while (completions.poll() == 0) {
            if (deadline.expired()) {
                throw new IOException(
                        "nothing completed within " + options.connectTimeout().toMillis() + " ms");
            }
            Thread.yield();
        }
        if (completions.status(0) != WcStatus.SUCCESS || completions.wrId(0) != wrId) {
            throw new IOException("it failed with " + WcStatus.name(completions.status(0)) + ", vendor's code "
                    + completions.vendorError(0));
        }
    }

    private void closeAll() {
        while (!toClose.isEmpty()) {
            try {
                toClose.pop().run();
            } catch (IOException | RuntimeException e) {
                LOG.warn("after a trial something isn't given back: {}", e.getMessage());
            }
        }
    }
}
