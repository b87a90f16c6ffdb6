package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.tcp.Leashes;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a node starts or refuses to, how it stops, and with what it returns. */
class StorageNodeLifeTest extends StorageNodeFixture {
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

    private static void assertRefused(ErrorCode code, ThrowingCallable call, String... texts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }

    /** As where an SDK user has neither DiSNI nor a library nor a device, as here. */
    @Test
    void shouldServeOverTcpAndSayWhyOnOpenWhenThereIsNoRdma() throws Exception {
        try (StorageNode node = mounted(options().rdma(RdmaOptions.DEFAULT))) {
            assertThat(node.transports()).isEqualTo("TCP");
            byte[] bytes = randomBytes(3);
            assertThat(write(node, 1, bytes).outcome()).isEqualTo(TransferOp.Outcome.DONE);
            assertThat(read(node, 1, bytes.length)).isEqualTo(bytes);
            SegmentTarget target =
                    new SegmentTarget(node.name(), node.host(), node.dataPort(), token(node, Mode.READ, 1));
            assertThatThrownBy(() -> new Leashes(SOON).open(target, 2, Deadline.after(SOON)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_SUPPORTED))
                    .hasMessageContaining("RDMA is off at this node; its log says why");
        }
        try (StorageNode node = mounted(options())) {
            SegmentTarget target =
                    new SegmentTarget(node.name(), node.host(), node.dataPort(), token(node, Mode.READ, 1));
            assertThatThrownBy(() -> new Leashes(SOON).open(target, 2, Deadline.after(SOON)))
                    .hasMessageContaining("start it with --protocol rdma");
        }
    }
}
