package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.ReservedPort;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.tcp.TcpTransport;
import io.mooncake4j.transfer.tcp.TcpTransportOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageNodeTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID CLIENT = UUID.randomUUID();
    private static final int SIZE = 1 << 20;

    private final TcpTransport client = new TcpTransport(TcpTransportOptions.DEFAULT);
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final ReservedPort reserved = new ReservedPort();
    private Path shm;
    private MasterOfNodes master;

    @BeforeEach
    void start() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "mooncake4j-test-");
        master = new MasterOfNodes(0, true);
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        client.close();
        master.close();
        reserved.close();
        try (Stream<Path> files = Files.walk(shm)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldMountPingAndServeBytesWhenThereIsAMaster() {
        try (StorageNode node = mounted(options())) {
            MountSegmentRequest mount = master.mounts.get(0);
            assertThat(mount.getName()).isEqualTo("n1");
            assertThat(mount.getHost()).isEqualTo("127.0.0.1");
            assertThat(mount.getDataPort()).isEqualTo(node.dataPort());
            assertThat(Ids.of(mount.getSegment())).isEqualTo(node.segmentId());
            assertThat(mount.hasCluster()).isFalse();
            assertThat(mount.getSizeBytes()).isEqualTo(SIZE);
            assertThat(mount.getHostId()).isNotEmpty();
            await().until(() -> master.pings.size() >= 3);

            byte[] bytes = randomBytes(1);
            assertThat(write(node, 0, bytes).outcome()).isEqualTo(TransferOp.Outcome.DONE);
            assertThat(read(node, 0, bytes.length)).isEqualTo(bytes);
        }
    }

    @Test
    void shouldMountLaterWhenTheMasterComesLater() {
        master.close();
        int port = reserved.number();
        try (StorageNode node = StorageNode.start(
                options().masters(List.of(new HostPort("127.0.0.1", port))).build())) {
            assertThat(node.awaitMounted(Duration.ofMillis(50))).isFalse();
            master = new MasterOfNodes(port, true);

            assertThat(node.awaitMounted(SOON)).isTrue();
        }
    }

    @Test
    void shouldConfirmACutAtOnceButNotBeforeTheCopyEnded() {
        AccessHook stall = (token, range, offset, length) -> {
            stalled.countDown();
            awaitQuietly(goOn);
        };
        try (StorageNode node = mounted(options().accessHook(stall))) {
            SessionCut cut = cut(3);
            AccessToken token = token(node, Mode.WRITE, 3);
            CompletableFuture<TransferOp> writing =
                    CompletableFuture.supplyAsync(() -> run(node, token, ByteBuffer.allocateDirect(1000)));
            awaitQuietly(stalled);

            master.order(cut);
            int seen = master.pings.size();
            await().until(() -> master.pings.size() >= seen + 4);
            assertThat(master.confirmed).isEmpty();
            goOn.countDown();

            await().until(() -> master.confirmed.contains(cut));
            assertThat(writing.join().outcome()).isEqualTo(TransferOp.Outcome.UNANSWERED);
            assertThat(run(node, token, ByteBuffer.allocateDirect(10)).error()).isEqualTo(ErrorCode.SESSION_CUT);
            assertThat(run(node, token(node, Mode.WRITE, 4), ByteBuffer.allocateDirect(10))
                            .outcome())
                    .isEqualTo(TransferOp.Outcome.DONE);
        }
    }

    @Test
    void shouldReturnEmptyUnderANewIdWhenTheMasterIsOfAnotherCluster() {
        try (StorageNode node = mounted(options())) {
            UUID before = node.segmentId();
            int port = node.dataPort();
            write(node, 0, randomBytes(1));
            AccessToken old = token(node, Mode.READ, 0);

            master.restart();

            await().until(() -> master.mounts.size() >= 2);
            await().until(node::isMounted);
            MountSegmentRequest mount = master.mounts.get(1);
            assertThat(Ids.of(mount.getSegment())).isNotEqualTo(before).isEqualTo(node.segmentId());
            assertThat(mount.hasCluster()).isFalse();
            assertThat(mount.getDataPort()).isEqualTo(port);
            assertThat(run(node, old, ByteBuffer.allocateDirect(10)).error()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            byte[] bytes = randomBytes(2);
            await().until(() -> write(node, 0, bytes).outcome() == TransferOp.Outcome.DONE);
            assertThat(read(node, 0, bytes.length)).isEqualTo(bytes);
        }
    }

    @Test
    void shouldReturnEmptyUnderANewIdWhenTheMasterDroppedIt() {
        try (StorageNode node = mounted(options())) {
            UUID before = node.segmentId();

            master.drop(before);

            await().until(() -> master.mounts.size() >= 2);
            assertThat(Ids.of(master.mounts.get(1).getSegment())).isNotEqualTo(before);
            assertThat(master.mounts.get(1).hasCluster()).isFalse();
        }
    }

    @Test
    void shouldFollowANewLeaderWithItsContentWhenOneIsElected() {
        try (StorageNode node = mounted(options())) {
            UUID id = node.segmentId();
            byte[] bytes = randomBytes(1);
            write(node, 0, bytes);

            master.elect();

            await().until(() -> master.mounts.size() >= 2);
            assertThat(Ids.of(master.mounts.get(1).getSegment())).isEqualTo(id);
            assertThat(Ids.of(master.mounts.get(1).getCluster()))
                    .isEqualTo(master.epoch().clusterId());
            await().until(() -> write(node, 0, bytes).outcome() == TransferOp.Outcome.DONE);
            assertThat(read(node, 0, bytes.length)).isEqualTo(bytes);
        }
    }

    @Test
    void shouldJoinTheNextLeaderWithItsContentWhenTheFormerDies() {
        try (MasterOfNodes next = new MasterOfNodes(0, true)) {
            next.standBy();
            try (StorageNode node = mounted(optionsOf(master, next))) {
                UUID id = node.segmentId();
                byte[] bytes = randomBytes(1);
                assertThat(write(node, 0, bytes).outcome()).isEqualTo(TransferOp.Outcome.DONE);

                master.close();
                next.succeed(master);
                master = next;

                await().until(() -> !next.pings.isEmpty());
                assertThat(next.pings.get(0).getEpoch()).isEqualTo(next.epoch().toProto());
                assertThat(Ids.of(next.mounts.get(0).getSegment())).isEqualTo(id);
                assertThat(read(node, 0, bytes.length)).isEqualTo(bytes);
                assertThat(next.mounts).hasSize(1);
            }
        }
    }

    @Test
    void shouldServeATokenOfTheNextLeaderWhenItHasNotMetThatYet() {
        master.pingMillis = 5000;
        try (MasterOfNodes next = new MasterOfNodes(0, true)) {
            next.standBy();
            try (StorageNode node = mounted(optionsOf(master, next))) {
                byte[] bytes = randomBytes(1);
                await().until(() -> !master.pings.isEmpty());
                assertThat(write(node, 0, bytes).outcome()).isEqualTo(TransferOp.Outcome.DONE);
                MasterOfNodes former = master;
                AccessToken formerRead = token(node, Mode.READ, 0);

                next.succeed(former);
                master = next;

                assertThat(read(node, 0, bytes.length)).isEqualTo(bytes); // at the first try
                assertThat(former.pings).hasSize(1);
                ByteBuffer into = ByteBuffer.allocateDirect(bytes.length);
                assertThat(run(node, formerRead, into).outcome()).isEqualTo(TransferOp.Outcome.DONE);
                former.close();
            }
        }
    }

    @Test
    void shouldReportWhatItReadWhenOrderedToVerify() {
        try (StorageNode node = mounted(options())) {
            byte[] bytes = randomBytes(1);
            write(node, 0, bytes);

            VerifyOrder.Builder order =
                    VerifyOrder.newBuilder().addRegions(0).addOffsets(0).addLengths(bytes.length);
            long checksum = Checksum.of(ByteBuffer.wrap(bytes));
            master.order(order.setOrderId(1).setChecksum(checksum).build());
            master.order(order.setOrderId(2).setChecksum(checksum ^ 4).build());

            await().until(() -> master.verified.size() >= 2);
            assertThat(master.verified)
                    .anyMatch(result -> result.getOrderId() == 1 && result.getIntact())
                    .anyMatch(result -> result.getOrderId() == 2 && !result.getIntact());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO, true, SUSPEND_SEGMENT", "AUTO, false, LEAVE_SEGMENT",
        "SUSPEND, false, SUSPEND_SEGMENT", "LEAVE, true, LEAVE_SEGMENT"
    })
    void shouldSuspendOrLeaveWhenClosed(OnStop onStop, boolean durable, Method expected) {
        master.close();
        master = new MasterOfNodes(0, durable);

        mounted(options().onStop(onStop)).close();

        assertThat(master.goodbyes).containsExactly(expected);
        assertThat(Files.exists(shm.resolve("n1.segment"))).isEqualTo(expected == Method.SUSPEND_SEGMENT);
    }

    @Test
    void shouldLeaveWhenItsMemoryIsNoFile() {
        mounted(options().memory(MemoryKind.anonymous())).close();

        assertThat(master.goodbyes).containsExactly(Method.LEAVE_SEGMENT);
    }

    @Test
    void shouldReturnWarmWhenItWasSuspended() {
        byte[] bytes = randomBytes(1);
        StorageNode first = mounted(options());
        write(first, 0, bytes);
        AccessToken earlier = token(first, Mode.READ, 0);
        first.close();

        try (StorageNode second = mounted(options())) {
            MountSegmentRequest mount = master.mounts.get(1);
            assertThat(second.segmentId()).isEqualTo(first.segmentId());
            assertThat(Ids.of(mount.getCluster())).isEqualTo(master.epoch().clusterId());
            assertThat(mount.getProcessNonce())
                    .isNotEqualTo(master.mounts.get(0).getProcessNonce());
            assertThat(run(second, earlier, ByteBuffer.allocateDirect(10)).error())
                    .isEqualTo(ErrorCode.TOKEN_REFUSED);
            assertThat(read(second, 0, bytes.length)).isEqualTo(bytes);
        }
    }

    @Test
    void shouldReturnEmptyWhenItComesBackWarmToAnotherCluster() {
        StorageNode first = mounted(options());
        first.close();
        master.restart();

        try (StorageNode second = mounted(options())) {
            assertThat(second.segmentId()).isNotEqualTo(first.segmentId());
            assertThat(master.mounts.get(1).hasCluster()).isFalse();
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenItNeverFoundAMaster() {
        NodeOptions lonely = options()
                .masters(List.of(new HostPort("127.0.0.1", reserved.number())))
                .build();

        StorageNode.start(lonely).close();

        assertThat(shm).isEmptyDirectory();
    }

    @Test
    void shouldKeepItsContentWhenItReturnsWarmAndFindsNoMaster() {
        mounted(options()).close();
        NodeOptions lonely = options()
                .masters(List.of(new HostPort("127.0.0.1", reserved.number())))
                .build();

        StorageNode.start(lonely).close();

        assertThat(shm.resolve("n1.segment")).exists();
    }

    @Test
    void shouldKeepItsFileLockedWhenAThreadStillCopiesAfterTheClose() {
        AccessHook stall = (token, range, offset, length) -> {
            stalled.countDown();
            awaitQuietly(goOn);
        };
        StorageNode node = mounted(options().accessHook(stall));
        AccessToken token = token(node, Mode.WRITE, 0);
        CompletableFuture<TransferOp> writing =
                CompletableFuture.supplyAsync(() -> run(node, token, ByteBuffer.allocateDirect(1000)));
        awaitQuietly(stalled);

        node.close();

        assertThat(master.goodbyes).containsExactly(Method.SUSPEND_SEGMENT);
        assertRefused(
                ErrorCode.SEGMENT_ALREADY_EXISTS,
                () -> StorageNode.start(options().build()),
                "n1.segment");
        goOn.countDown();
        assertThat(writing.join().outcome()).isEqualTo(TransferOp.Outcome.UNANSWERED);
    }

    /** Cut short by half, so that the copy, which is in the first half, is harmless. */
    @Test
    void shouldCutItsSessionsAndThenTellTheMasterWhenItsFileIsCutShort() throws IOException {
        AccessHook stall = (token, range, offset, length) -> {
            stalled.countDown();
            awaitQuietly(goOn);
        };
        try (StorageNode node = mounted(options().accessHook(stall))) {
            AccessToken token = token(node, Mode.WRITE, 0);
            CompletableFuture<TransferOp> writing =
                    CompletableFuture.supplyAsync(() -> run(node, token, ByteBuffer.allocateDirect(1000)));
            awaitQuietly(stalled);

            try (FileChannel file = FileChannel.open(shm.resolve("n1.segment"), StandardOpenOption.WRITE)) {
                file.truncate(SIZE / 2);
            }

            await().until(() -> !node.isMounted());
            assertThat(master.goodbyes).as("while a thread still copies").isEmpty();
            assertThat(writing.join().outcome()).isEqualTo(TransferOp.Outcome.UNANSWERED);
            goOn.countDown();
            await().until(() -> !master.goodbyes.isEmpty());
        }
        assertThat(master.goodbyes).containsExactly(Method.LEAVE_SEGMENT);
    }

    @Test
    void shouldNameTheFlagAndLeaveNothingWhenThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    ErrorCode.INVALID_PARAMS,
                    () -> StorageNode.start(
                            options().dataPort(taken.getLocalPort()).build()),
                    "" + taken.getLocalPort(),
                    "--data-port");
        }
        assertThat(shm).isEmptyDirectory();
    }

    @Test
    void shouldRefuseWhenOptionsMakeNoSense() {
        assertRefused(
                ErrorCode.INVALID_PARAMS, () -> options().masters(List.of()).build(), "--master");
        assertRefused(ErrorCode.INVALID_PARAMS, () -> options().segmentBytes(0).build(), "--segment-size");
        assertRefused(ErrorCode.INVALID_PARAMS, () -> options().dataPort(70_000).build(), "70000");
        assertRefused(ErrorCode.INVALID_PARAMS, () -> options().name("").build(), "--name");
        assertRefused(
                ErrorCode.INVALID_PARAMS,
                () -> options()
                        .memory(MemoryKind.anonymous())
                        .onStop(OnStop.SUSPEND)
                        .build(),
                "--on-stop");
        assertRefused(
                ErrorCode.INVALID_PARAMS,
                () -> StorageNode.start(
                        options().masters("192.0.2.9:1").host("localhost").build()),
                "--host");
    }

    @Test
    void shouldCloseOnceWhenClosedTwice() {
        StorageNode node = mounted(options());
        node.close();
        node.close();

        assertThat(master.goodbyes).hasSize(1);
        assertThat(node.isMounted()).isFalse();
    }

    private NodeOptions.Builder options() {
        return NodeOptions.builder()
                .masters(List.of(new HostPort("127.0.0.1", master.port())))
                .name("n1")
                .dataPort(0)
                .memory(MemoryKind.shm(shm))
                .segmentBytes(SIZE);
    }

    private NodeOptions.Builder optionsOf(MasterOfNodes first, MasterOfNodes second) {
        return options()
                .masters(List.of(new HostPort("127.0.0.1", first.port()), new HostPort("127.0.0.1", second.port())));
    }

    private static StorageNode mounted(NodeOptions.Builder options) {
        StorageNode node = StorageNode.start(options.build());
        assertThat(node.awaitMounted(SOON)).isTrue();
        return node;
    }

    private AccessToken token(StorageNode node, Mode mode, long generation) {
        return master.token(mode, node.segmentId(), CLIENT, generation, SIZE);
    }

    private TransferOp write(StorageNode node, long generation, byte[] bytes) {
        return run(
                node,
                token(node, Mode.WRITE, generation),
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    private byte[] read(StorageNode node, long generation, int length) {
        ByteBuffer into = ByteBuffer.allocateDirect(length);
        TransferOp op = run(node, token(node, Mode.READ, generation), into);
        assertThat(op.outcome()).as(op.detail()).isEqualTo(TransferOp.Outcome.DONE);
        byte[] bytes = new byte[length];
        into.get(0, bytes);
        return bytes;
    }

    private TransferOp run(StorageNode node, AccessToken token, ByteBuffer bytes) {
        TransferOp op = new TransferOp(0, 0, bytes);
        SegmentTarget target = new SegmentTarget(node.name(), node.host(), node.dataPort(), token);
        client.run(new SegmentTransfer(target, List.of(op)), Deadline.after(SOON));
        return op;
    }

    private static SessionCut cut(long generation) {
        return SessionCut.newBuilder()
                .setClient(Ids.toProto(CLIENT))
                .setGeneration(generation)
                .build();
    }

    private static byte[] randomBytes(long seed) {
        byte[] bytes = new byte[100_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call, String... texts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }
}
