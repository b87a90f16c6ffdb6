package io.mooncake4j.transfer.rdma.verbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.mooncake4j.transfer.vm.DeviceKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The verbs over the device at hand, both ends in this process. */
class VerbsOverDevice {
    private static final byte[] NOTHING = {};
    private static final DeviceKind KIND = DeviceKind.here();

    @BeforeAll
    static void loads() {
        RdmaSupport support = RdmaLibrary.probe();
        assertThat(support.on()).as(support.reason()).isTrue();
        assertThat(support.reason()).contains("libdisni.so").contains("0.");
        assertThat(RdmaLibrary.buildInfo()).contains("-fstack-protector-strong");
    }

    @Test
    void shouldKnowDeviceWhenAsked() throws Exception {
        assertThat(RdmaDevices.list()).anySatisfy(device -> {
            assertThat(device.name()).isEqualTo(KIND.deviceName());
            assertThat(device.driver()).isEqualTo(KIND.text());
            assertThat(device.iwarp()).isEqualTo(KIND == DeviceKind.SIW);
            assertThat(device.portActive()).isTrue();
            assertThat(device.addresses()).contains(address());
            assertThat(device.limits().maxQp()).isPositive();
            assertThat(device.limits().maxReadsInFlight()).isPositive();
            assertThat(device.limits().inlineBytes()).isPositive();
            assertThat(device.limits().maxSgeRead()).isPositive();
        });
    }

    @Test
    void shouldKnowPortAndGidsWhenAsked() throws Exception {
        try (EventChannel channel = EventChannel.open();
                CmId listener = ConnectedPair.listen(channel, address())) {
            Context context = listener.context();
            PortInfo port = context.port(1);
            assertThat(port.active()).isTrue();
            assertThat(port.maxMessageBytes()).isGreaterThanOrEqualTo(8 << 20);
            assertThat(port.gidEntries()).isPositive();
            assertThat(context.gid(1, 0)).hasSize(16).isNotEqualTo(new byte[16]);
            assertThatThrownBy(() -> context.gid(1, 1 << 20))
                    .isInstanceOf(VerbsException.class)
                    .hasMessageContaining("ibv_query_gid(" + KIND.deviceName() + ", 1, 1048576): EINVAL (22)");
            assertThat(context.nextAsyncEvent(0)).isNull();
            assertThat(listener.context()).isEqualTo(context);
        }
    }

    @Test
    void shouldMoveTheSameBytesWhenWrittenAndRead() throws Exception {
        Random random = new Random(7);
        try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
            int[] sizes = {1, 8, 63, 64, 4096, 4097, 65_536, 1_000_003};
            for (int size : sizes) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                pair.localMemory.put(0, bytes);
                pair.write(size, 0, size, pair.remote.remoteKey(), false);
                // a READ behind it: what it brings back was placed
                pair.read(size + 1L, 0, size, pair.remote.remoteKey(), true);
                pair.queuePair.post();
                pair.succeeds(size + 1L);
                assertThat(bytesOf(pair.remoteMemory, size)).isEqualTo(bytes);

                random.nextBytes(bytes);
                pair.remoteMemory.put(0, bytes);
                pair.read(42, 0, size, pair.remote.remoteKey(), true);
                pair.queuePair.post();
                pair.succeeds(42);
                assertThat(bytesOf(pair.localMemory, size)).isEqualTo(bytes);
            }
        }
    }

    @Test
    void shouldCarryInlineBytesWhenMemoryChangesRightAfterPost() throws Exception {
        try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
            assertThat(pair.queuePair.inlineBytes()).isGreaterThanOrEqualTo(8);
            pair.localMemory.putLong(0, 0x1122334455667788L);
            pair.queuePair.stageWrite(
                    1,
                    pair.local.address(),
                    pair.local.localKey(),
                    8,
                    pair.remote.address(),
                    pair.remote.remoteKey(),
                    true,
                    true);
            pair.queuePair.post();
            pair.localMemory.putLong(0, 0);
            pair.read(2, 64, 8, pair.remote.remoteKey(), true);
            pair.queuePair.post();
            assertThat(pair.completed(2))
                    .allSatisfy(completion -> assertThat(completion[1]).isEqualTo(WcStatus.SUCCESS));
            assertThat(pair.remoteMemory.getLong(0)).isEqualTo(0x1122334455667788L);
        }
    }

    @Test
    void shouldPostBatchesOfAnySizeWhenTheyFitTheDepth() throws Exception {
        try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
            for (int batch = 1; batch <= ConnectedPair.DEPTH; batch++) {
                for (int i = 0; i < batch; i++) {
                    pair.remoteMemory.putInt(4096 * i, 1000 * batch + i);
                    pair.read(i, 4096 * i, 4, pair.remote.remoteKey(), true);
                }
                assertThat(pair.queuePair.staged()).isEqualTo(batch);
                pair.queuePair.post();
                assertThat(pair.queuePair.staged()).isZero();
                assertThat(pair.queuePair.posted()).isEqualTo(batch);
                List<long[]> completed = pair.completed(batch);
                for (int i = 0; i < batch; i++) {
                    assertThat(completed.get(i)).containsExactly(i, WcStatus.SUCCESS);
                    assertThat(pair.localMemory.getInt(4096 * i)).isEqualTo(1000 * batch + i);
                }
            }
            pair.queuePair.post(); // nothing
            for (int i = 0; i < ConnectedPair.DEPTH; i++) {
                pair.read(i, 0, 4, pair.remote.remoteKey(), false);
            }
            assertThatThrownBy(() -> pair.read(99, 0, 4, pair.remote.remoteKey(), false))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldEndTheQueuePairWhenTheRemoteKeyIsWrong() throws Exception {
        try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
            pair.remoteMemory.putInt(0, 4711);
            pair.read(1, 0, 4, pair.remote.remoteKey() ^ 0x5a5a00, true);
            pair.queuePair.post();
            assertThat(pair.completed(1)).singleElement().satisfies(completion -> {
                assertThat(completion[0]).isEqualTo(1);
                assertThat(completion[1]).isNotEqualTo(WcStatus.SUCCESS);
            });
            assertThat(pair.localMemory.getInt(0)).isZero();
            // a right one afterwards isn't carried out: it is refused, flushed, or (siw) never heard of again
            pair.read(2, 0, 4, pair.remote.remoteKey(), true);
            try {
                pair.queuePair.post();
            } catch (VerbsException e) {
                assertThat(pair.queuePair.posted()).isZero();
            }
            pair.queuePair.toError();
            assertThat(pair.completedWithin(1_000))
                    .allSatisfy(completion ->
                            assertThat(WcStatus.name((int) completion[1])).isEqualTo("WR_FLUSH_ERR"));
            assertThat(pair.localMemory.getInt(0)).isZero();
        }
    }

    @Test
    void shouldGetEverythingBackWhenTheQueuePairIsMovedToError() throws Exception {
        try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
            int all = ConnectedPair.DEPTH;
            for (int i = 0; i < all; i++) {
                pair.read(i, 0, ConnectedPair.MEMORY_BYTES, pair.remote.remoteKey(), true);
            }
            pair.queuePair.post();
            pair.queuePair.toError();
            List<long[]> completed = pair.completed(all);
            // rxe may have been quicker, but what wasn't done comes back flushed, and in order
            boolean flushed = false;
            for (int i = 0; i < all; i++) {
                assertThat(completed.get(i)[0]).isEqualTo(i);
                flushed |= completed.get(i)[1] == WcStatus.WR_FLUSH_ERR;
                assertThat(completed.get(i)[1]).isEqualTo(flushed ? WcStatus.WR_FLUSH_ERR : WcStatus.SUCCESS);
            }
            if (KIND == DeviceKind.SIW) {
                assertThat(flushed).isTrue();
            }
            if (KIND != DeviceKind.SIW) { // which always says 0
                assertThat(pair.queuePair.state()).isEqualTo(QueuePair.STATE_ERROR);
            }
            pair.queuePair.destroy();
            byte[] after = bytesOf(pair.localMemory, ConnectedPair.MEMORY_BYTES);
            pair.remoteMemory.put(0, new byte[] {9, 9, 9});
            assertThat(bytesOf(pair.localMemory, ConnectedPair.MEMORY_BYTES)).isEqualTo(after);
            assertThatThrownBy(pair.queuePair::post).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldCarryPrivateDataWhenConnecting() throws Exception {
        byte[] ticket = new byte[56];
        new Random(3).nextBytes(ticket);
        try (ConnectedPair pair = new ConnectedPair(address(), ticket)) {
            assertThat(pair.seenByServer).startsWith(ticket);
            assertThat(pair.passive.peerAddress()).isEqualTo(pair.active.localAddress());
            assertThat(pair.active.peerAddress()).isEqualTo(pair.listener.localAddress());
            pair.active.disconnect();
            assertThat(ConnectedPair.await(pair.channel, CmEventType.DISCONNECTED))
                    .isNotNull();
        }
    }

    @Test
    void shouldSayRejectedWhenTheServerRejects() throws Exception {
        try (EventChannel channel = EventChannel.open();
                CmId listener = ConnectedPair.listen(channel, address());
                CmId active = ConnectedPair.resolved(channel, listener.localAddress());
                ProtectionDomain pd = active.context().allocatePd();
                CompletionQueue completions = active.context().createCq(4);
                Closing queuePair = closing(active.createQueuePair(pd, completions, 2, 1, 0))) {
            active.connect(new byte[] {1}, 7);
            CmEvent request = ConnectedPair.await(channel, CmEventType.CONNECT_REQUEST);
            try (CmId passive = CmId.ofEvent(channel, request.id())) {
                passive.reject(new byte[] {5, 6, 7});
            }
            CmEvent rejected = ConnectedPair.await(channel, CmEventType.REJECTED);
            assertThat(rejected.id()).isEqualTo(active.handle());
            assertThat(rejected.status()).isNotZero();
            assertThat(rejected.privateData()).startsWith(5, 6, 7);
        }
    }

    @Test
    void shouldSaySoWhenNobodyListensOrNoRouteLeadsThere() throws Exception {
        try (EventChannel channel = EventChannel.open()) {
            InetSocketAddress nobody;
            try (CmId listener = ConnectedPair.listen(channel, address())) {
                nobody = listener.localAddress();
            }
            try (CmId active = ConnectedPair.resolved(channel, nobody);
                    ProtectionDomain pd = active.context().allocatePd();
                    CompletionQueue completions = active.context().createCq(4);
                    Closing queuePair = closing(active.createQueuePair(pd, completions, 2, 1, 0))) {
                if (KIND == DeviceKind.SIW) { // iWARP within a machine knows at once
                    assertThatThrownBy(() -> active.connect(NOTHING, 7))
                            .hasMessageContaining("rdma_connect: ECONNREFUSED (111)");
                } else {
                    active.connect(NOTHING, 7);
                    ConnectedPair.await(channel, CmEventType.REJECTED);
                }
            }
            try (CmId lost = channel.newId()) {
                InetSocketAddress nowhere =
                        new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 1);
                assertThatThrownBy(() -> {
                            lost.resolveAddress(null, nowhere, 1_000);
                            CmEvent event = channel.next(10_000);
                            throw new IOException(event == null ? "silence" : event.type() + " " + event.status());
                        })
                        .hasMessageMatching("(?s)(rdma_resolve_addr: E.*|ADDR_ERROR -\\d+)");
            }
        }
    }

    @Test
    void shouldRegisterOrSayWhyWhenLengthsAreUnusual() throws Exception {
        ByteBuffer memory = ByteBuffer.allocateDirect(70_000);
        try (EventChannel channel = EventChannel.open();
                CmId listener = ConnectedPair.listen(channel, address());
                ProtectionDomain pd = listener.context().allocatePd()) {
            for (int bytes : new int[] {1, 4096, 4097, 69_999}) {
                try (MemoryRegion region = pd.register(Memory.address(memory) + 1, bytes, true)) {
                    assertThat(region.lengthBytes()).isEqualTo(bytes);
                }
            }
            assertThatThrownBy(() -> pd.register(4096, 3L << 30, true)) // nobody's memory
                    .isInstanceOf(VerbsException.class)
                    .hasMessageContaining("ibv_reg_mr(3221225472 bytes): EFAULT (14)");
            assertThatThrownBy(() -> pd.register(Memory.address(memory), 0, true))
                    .hasMessageContaining("ibv_reg_mr(0 bytes): EINVAL (22)");
        }
    }

    @Test
    void shouldTakeNoHeapBytesWhenPostingAndPolling() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
            rounds(pair, 50);
            // what asking itself takes is part of the first difference
            long before = threads.getCurrentThreadAllocatedBytes();
            long asking = threads.getCurrentThreadAllocatedBytes() - before;
            before = threads.getCurrentThreadAllocatedBytes();
            int completed = rounds(pair, 300);
            long after = threads.getCurrentThreadAllocatedBytes();
            assertThat(completed).isEqualTo(300);
            assertThat(after - before - asking).as("heap bytes in 300 rounds").isZero();
        }
    }

    private static int rounds(ConnectedPair pair, int rounds) throws IOException {
        int completed = 0;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 3; i++) {
                pair.write(i, 64 * i, 64, pair.remote.remoteKey(), false);
            }
            pair.read(round, 0, 64, pair.remote.remoteKey(), true);
            pair.queuePair.post();
            int polled = pair.completions.poll();
            while (polled == 0) {
                Thread.onSpinWait();
                Thread.yield();
                polled = pair.completions.poll();
            }
            if (polled == 1 && pair.completions.wrId(0) == round && pair.completions.status(0) == WcStatus.SUCCESS) {
                completed++;
            }
        }
        return completed;
    }

    @Test
    void shouldLeaveNothingBehindWhenConnectedAndClosedManyTimes() throws Exception {
        connectAndClose(5);
        String before = resources();
        long files = files();
        assertThat(files).isPositive();
        connectAndClose(200);
        assertThat(resources()).isEqualTo(before);
        assertThat(files()).isEqualTo(files);
    }

    private static void connectAndClose(int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            try (ConnectedPair pair = new ConnectedPair(address(), NOTHING)) {
                pair.read(round, 0, 64, pair.remote.remoteKey(), true);
                pair.queuePair.post();
                pair.succeeds(round);
            }
        }
    }

    /** What the kernel counts for the device: queue pairs, completion queues, regions, domains, ids. */
    private static String resources() throws IOException {
        Process rdma = new ProcessBuilder("rdma", "resource", "show", KIND.deviceName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(rdma.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            assertThat(line).contains("qp ").contains("mr ");
            return line;
        }
    }

    private static long files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(VerbsOverDevice::isOfRdma).count();
        }
    }

    private static boolean isOfRdma(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().contains("infiniband");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** A queue pair that is destroyed before its completion queue is closed. */
    private interface Closing extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private static Closing closing(QueuePair queuePair) {
        return queuePair::destroy;
    }

    private static byte[] bytesOf(ByteBuffer memory, int count) {
        byte[] bytes = new byte[count];
        memory.get(0, bytes);
        return bytes;
    }

    private static InetAddress address() {
        try {
            return InetAddress.getByName(KIND.address());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
