package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Links of a device, and the client's buffer pool on it. Owns the device. */
final class DeviceLinks implements LinkSource {
    private final RdmaDevice device;
    private final LinkConnector connector;
    private final Supplier<BufferPool> pool;
    private @Nullable ClientMemory memory;

    DeviceLinks(RdmaDevice device, RdmaOptions options, Supplier<BufferPool> pool) {
        this.device = device;
        this.connector = new LinkConnector(device, options);
        this.pool = pool;
    }

    @Override
    public synchronized LocalMemory memory() throws IOException {
        ClientMemory registered = memory;
        if (registered == null) {
            registered =
                    ClientMemory.register(device.pd(), pool.get(), device.info().iwarp());
            memory = registered;
        }
        return registered;
    }

    @Override
    public OpenLink open(SegmentTarget target, Deadline deadline) throws IOException {
        return new VerbsLink(connector.connect(target, deadline), device.info().driver());
    }

    @Override
    public synchronized void close() {
        if (memory != null) {
            memory.close();
        }
        device.close();
    }
}
