package io.mooncake4j.transfer.rdma.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Two queue pairs of one process, connected over rdma_cm: the active side posts, the other's memory is the target. */
final class ConnectedPair implements AutoCloseable {
    static final int DEPTH = 16;
    static final int MEMORY_BYTES = 1 << 20;
    private static final long TIMEOUT_NANOS = 30_000_000_000L;

    final EventChannel channel;
    final CmId listener;
    final CmId active;
    final CmId passive;
    final QueuePair queuePair;
    final CompletionQueue completions;
    final MemoryRegion local;
    final MemoryRegion remote;
    final ByteBuffer localMemory = memory();
    final ByteBuffer remoteMemory = memory();
    final byte[] seenByServer;
    private final ProtectionDomain pd;
    private final CompletionQueue passiveCompletions;

    ConnectedPair(InetAddress address, byte[] privateData) throws IOException {
        channel = EventChannel.open();
        listener = listen(channel, address);
        active = resolved(channel, listener.localAddress());
        Context context = active.context();
        pd = context.allocatePd();
        completions = context.createCq(2 * DEPTH);
        passiveCompletions = context.createCq(DEPTH);
        local = pd.register(Memory.address(localMemory), MEMORY_BYTES, PeerAccess.NONE);
        remote = pd.register(Memory.address(remoteMemory), MEMORY_BYTES, PeerAccess.READ_WRITE);
        queuePair = active.createQueuePair(pd, completions, DEPTH, 1, 16);
        active.connect(privateData, 7);
        CmEvent request = await(channel, CmEventType.CONNECT_REQUEST);
        assertThat(request.listenId()).isEqualTo(listener.handle());
        seenByServer = request.privateData();
        passive = CmId.ofEvent(channel, request.id());
        passive.createQueuePair(pd, passiveCompletions, DEPTH, 1, 0);
        passive.accept();
        await(channel, CmEventType.ESTABLISHED);
        await(channel, CmEventType.ESTABLISHED);
    }

    static CmId listen(EventChannel channel, InetAddress address) throws IOException {
        for (int left = 8; ; left--) {
            CmId listener = channel.newId();
            listener.bind(new InetSocketAddress(address, 0));
            try {
                listener.listen(16);
                return listener;
            } catch (VerbsException e) {
                listener.close();
                if (left == 0
                        || !e.codeName().equals("EADDRINUSE")) { // siw's ports are TCP's, too, and some are in use
                    throw e;
                }
            }
        }
    }

    static CmId resolved(EventChannel channel, InetSocketAddress to) throws IOException {
        CmId id = channel.newId();
        id.resolveAddress(null, to, 5_000);
        await(channel, CmEventType.ADDR_RESOLVED);
        id.resolveRoute(5_000);
        await(channel, CmEventType.ROUTE_RESOLVED);
        return id;
    }

    static CmEvent await(EventChannel channel, CmEventType type) throws IOException {
        CmEvent event = channel.next(30_000);
        assertThat(event).as("an event while %s is awaited", type).isNotNull();
        assertThat(event.type()).as(event.toString()).isEqualTo(type);
        return event;
    }

    void read(long wrId, int offset, int bytes, int remoteKey, boolean signalled) {
        queuePair.stageRead(
                wrId,
                local.address() + offset,
                local.localKey(),
                bytes,
                remote.address() + offset,
                remoteKey,
                signalled);
    }

    void write(long wrId, int offset, int bytes, int remoteKey, boolean signalled) {
        queuePair.stageWrite(
                wrId,
                local.address() + offset,
                local.localKey(),
                bytes,
                remote.address() + offset,
                remoteKey,
                signalled,
                false);
    }

    /** The next {@code count} completions, each as its wr_id and status. */
    List<long[]> completed(int count) throws IOException {
        List<long[]> found = new ArrayList<>();
        long end = System.nanoTime() + TIMEOUT_NANOS;
        while (found.size() < count) {
            int polled = completions.poll();
            for (int i = 0; i < polled; i++) {
                found.add(new long[] {completions.wrId(i), completions.status(i)});
            }
            assertThat(System.nanoTime() - end)
                    .as("completions so far: %d of %d", found.size(), count)
                    .isNegative();
            Thread.yield();
        }
        return found;
    }

    /** What completes within that time. */
    List<long[]> completedWithin(int millis) throws IOException {
        List<long[]> found = new ArrayList<>();
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() - end < 0) {
            int polled = completions.poll();
            for (int i = 0; i < polled; i++) {
                found.add(new long[] {completions.wrId(i), completions.status(i)});
            }
            Thread.yield();
        }
        return found;
    }

    void succeeds(long wrId) throws IOException {
        assertThat(completed(1)).singleElement().satisfies(completion -> {
            assertThat(completion[0]).isEqualTo(wrId);
            assertThat(WcStatus.name((int) completion[1])).isEqualTo("SUCCESS");
        });
    }

    @Override
    public void close() throws IOException {
        active.close();
        passive.close();
        completions.close();
        passiveCompletions.close();
        local.close();
        remote.close();
        pd.close();
        listener.close();
        channel.close();
    }

    private static ByteBuffer memory() {
        return ByteBuffer.allocateDirect(MEMORY_BYTES).order(ByteOrder.nativeOrder());
    }
}
