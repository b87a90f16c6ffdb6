package io.mooncake4j.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A node finds its masters, does what they order, and follows the one that leads. */
class StorageNodeMastersTest extends StorageNodeFixture {
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
    void shouldSayThatItsContentIsGoneWhenTheJournalWentBack() {
        master.durableSequence = 100;
        try (StorageNode node = mounted(options())) {
            UUID before = node.segmentId();

            master.durableSequence = 60;

            await().until(() -> master.mounts.size() >= 2);
            assertThat(Ids.of(master.mounts.get(1).getSegment())).isNotEqualTo(before);
            assertThat(master.goodbyes).containsExactly(Method.LEAVE_SEGMENT);
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

    private NodeOptions.Builder optionsOf(MasterOfNodes first, MasterOfNodes second) {
        return options()
                .masters(List.of(new HostPort("127.0.0.1", first.port()), new HostPort("127.0.0.1", second.port())));
    }

    private static SessionCut cut(long generation) {
        return SessionCut.newBuilder()
                .setClient(Ids.toProto(CLIENT))
                .setGeneration(generation)
                .build();
    }
}
