package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.rdma.queue.Completions;
import io.mooncake4j.transfer.rdma.queue.FakeDevice;
import io.mooncake4j.transfer.rdma.queue.FakeMemory;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.rdma.queue.WorkQueue;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Links to the memory of nodes in this process, each a {@link FakeDevice} of two queues. */
final class FakeLinks implements LinkSource {
    final List<FakeDevice> opened = new CopyOnWriteArrayList<>();
    final BufferPool pool = new BufferPool(8 << 20);
    private final FakeMemory memory = new FakeMemory(pool);
    private final Map<Integer, TestNode> nodes = new ConcurrentHashMap<>();

    /** Spoils the link of that number before it is used. */
    volatile BiConsumer<FakeDevice, Integer> spoil = (device, number) -> {};

    volatile @Nullable RuntimeException refusal;
    volatile @Nullable IOException unreachable;
    volatile @Nullable IOException noMemory;
    volatile @Nullable String lost;
    /** Called by each that opens a link. */
    volatile Runnable opening = () -> {};

    volatile boolean closed;

    int serve(TestNode node) {
        int port = nodes.size() + 1;
        nodes.put(port, node);
        return port;
    }

    @Override
    public LocalMemory memory() throws IOException {
        if (noMemory != null) {
            throw noMemory;
        }
        return memory;
    }

    @Override
    public OpenLink open(SegmentTarget target, Deadline deadline) throws IOException {
        opening.run();
        if (refusal != null) {
            throw refusal;
        }
        TestNode node = nodes.get(target.dataPort());
        if (unreachable != null || node == null) {
            throw unreachable != null ? unreachable : new IOException("no node has that port");
        }
        ByteBuffer[] regions = new ByteBuffer[node.count()];
        for (int i = 0; i < regions.length; i++) {
            regions[i] = node.region(i);
        }
        FakeDevice device = new FakeDevice(memory, 2, new Random(opened.size()), regions);
        device.depth = 64;
        device.lingers = true;
        device.placesLate = true;
        synchronized (this) {
            spoil.accept(device, opened.size());
            opened.add(device);
        }
        return new FakeLink(device);
    }

    @Override
    public @Nullable String lost() {
        return lost;
    }

    @Override
    public void close() {
        closed = true;
    }

    private record FakeLink(FakeDevice device) implements OpenLink {
        @Override
        public int queues() {
            return device.queues();
        }

        @Override
        public WorkQueue queue(int index) {
            return device.queue(index);
        }

        @Override
        public Completions completions() {
            return device.completions();
        }

        @Override
        public int depth() {
            return device.depth();
        }

        @Override
        public int inlineBytes() {
            return device.inlineBytes();
        }

        @Override
        public int maxMessageBytes() {
            return device.maxMessageBytes();
        }

        @Override
        public boolean cutsAtPages() {
            return device.cutsAtPages();
        }

        @Override
        public int regions() {
            return device.regions();
        }

        @Override
        public long regionAddress(int region) {
            return device.regionAddress(region);
        }

        @Override
        public long regionBytes(int region) {
            return device.regionBytes(region);
        }

        @Override
        public int regionKey(int region) {
            return device.regionKey(region);
        }

        @Override
        public boolean isStale() {
            return device.isStale();
        }

        @Override
        public void close() {
            for (int i = 0; i < device.queues(); i++) {
                try {
                    device.queue(i).destroy();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
