package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.queue.LocalMemory;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Links of a device, and the client's buffer pool on it. Owns the device. */
final class DeviceLinks implements LinkSource {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLinks.class);

    private final RdmaDevice device;
    private final LinkConnector connector;
    private final Supplier<BufferPool> pool;
    private final RdmaMeters meters;
    private final Runnable listening;
    private @Nullable ClientMemory memory;
    private volatile @Nullable String lost;

    DeviceLinks(RdmaDevice device, RdmaOptions options, Supplier<BufferPool> pool, RdmaMeters meters) {
        this.device = device;
        this.connector = new LinkConnector(device, options);
        this.pool = pool;
        this.meters = meters;
        this.listening = AsyncEvents.listen(device.context(), meters.deviceErrors(), this::deviceFailed);
    }

    @Override
    public synchronized LocalMemory memory() throws IOException {
        ClientMemory registered = memory;
        if (registered == null) {
            registered =
                    ClientMemory.register(device.pd(), pool.get(), device.info().iwarp());
            memory = registered;
            meters.registered(ClientMemory.REGIONS, registered.registeredBytes());
        }
        return registered;
    }

    @Override
    public OpenLink open(SegmentTarget target, Deadline deadline) throws IOException {
        return new VerbsLink(connector.connect(target, deadline), device.info().driver());
    }

    private void deviceFailed() {
        if (lost == null) {
            lost = "RDMA is off in this process: its device " + device + " has failed; restart it when that is back";
            LOG.error("{}; bytes move over TCP", lost);
        }
    }

    @Override
    public @Nullable String lost() {
        return lost;
    }

    @Override
    public synchronized void close() {
        listening.run();
        if (memory != null) {
            memory.close();
            meters.deregistered(ClientMemory.REGIONS, memory.registeredBytes());
        }
        device.close();
    }
}
