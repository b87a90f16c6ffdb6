package io.mooncake4j.node;

import com.google.protobuf.ByteString;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import io.mooncake4j.transfer.wire.proto.SegmentRequest;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import io.mooncake4j.transfer.wire.proto.VerifyResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A master that knows segments only, and remembers what nodes say to it. */
final class MasterOfNodes implements AutoCloseable {
    static final int PING_MILLIS = 25;
    private static final byte[] SECRET = "of a test's cluster".getBytes(StandardCharsets.UTF_8);

    final List<MountSegmentRequest> mounts = new CopyOnWriteArrayList<>();
    final List<PingRequest> pings = new CopyOnWriteArrayList<>();
    final List<Method> goodbyes = new CopyOnWriteArrayList<>();
    final List<VerifyResult> verified = new CopyOnWriteArrayList<>();
    final List<SessionCut> confirmed = new CopyOnWriteArrayList<>();
    private final Map<UUID, Long> nonceOf = new ConcurrentHashMap<>();
    private final Set<SessionCut> cuts = ConcurrentHashMap.newKeySet();
    private final Set<VerifyOrder> verifies = ConcurrentHashMap.newKeySet();
    private final boolean journalDurable;
    private final RpcServer server;
    private volatile Epoch epoch = new Epoch(UUID.randomUUID(), 7);
    private volatile boolean leads = true;
    volatile int pingMillis = PING_MILLIS;
    /** Of the journal, how far it goes and where the term began; 0: neither is told. */
    volatile long durableSequence;

    volatile long termSequence;

    MasterOfNodes(int port, boolean journalDurable) {
        this.journalDurable = journalDurable;
        this.server = RpcServer.start(
                RpcServerOptions.builder()
                        .bindHost("127.0.0.1")
                        .port(port)
                        .threads(1)
                        .closeTimeout(Duration.ZERO)
                        .build(),
                this::answer);
    }

    int port() {
        return server.port();
    }

    Epoch epoch() {
        return epoch;
    }

    /** Forgets everything, as a master without a durable journal does when it starts anew. */
    synchronized void restart() {
        nonceOf.clear();
        epoch = new Epoch(UUID.randomUUID(), 1);
    }

    void elect() {
        epoch = new Epoch(epoch.clusterId(), epoch.revision() + 1);
    }

    /** Knows what the former leader knew, and leads instead of it. */
    void succeed(MasterOfNodes former) {
        former.leads = false;
        nonceOf.putAll(former.nonceOf);
        epoch = new Epoch(former.epoch.clusterId(), former.epoch.revision() + 1);
        leads = true;
    }

    void standBy() {
        leads = false;
    }

    void drop(UUID segment) {
        nonceOf.remove(segment);
    }

    void order(SessionCut cut) {
        cuts.add(cut);
    }

    void order(VerifyOrder verify) {
        verifies.add(verify);
    }

    /** A permission for all of a region's first bytes, good for a minute. */
    AccessToken token(Mode mode, UUID segment, UUID client, long generation, long lengthBytes) {
        return new AccessToken(
                        mode,
                        segment,
                        nonceOf.getOrDefault(segment, 0L),
                        epoch,
                        client,
                        generation,
                        System.nanoTime() + Duration.ofMinutes(1).toNanos(),
                        new int[] {0},
                        new long[] {0},
                        new long[] {lengthBytes},
                        new byte[AccessToken.MAC_BYTES])
                .sealedBy(SealKey.derive(SECRET, segment, epoch));
    }

    private synchronized void answer(RpcCall call) {
        if (call.method() == Method.ROLE) {
            call.reply(RoleResponse.newBuilder().setLeads(leads).build());
            return;
        }
        if (!leads) {
            StoreException refusal = NotLeader.refused(null);
            call.fail(refusal.code(), refusal.reason());
            return;
        }
        switch (call.method()) {
            case MOUNT_SEGMENT -> mount(call, call.parse(MountSegmentRequest.parser()));
            case PING -> ping(call, call.parse(PingRequest.parser()));
            case SUSPEND_SEGMENT, LEAVE_SEGMENT -> {
                UUID segment = Ids.of(call.parse(SegmentRequest.parser()).getSegment());
                if (nonceOf.containsKey(segment)) {
                    goodbyes.add(call.method());
                }
                call.reply(Empty.getDefaultInstance());
            }
            default -> call.fail(ErrorCode.NOT_SUPPORTED, "this master has no objects");
        }
    }

    private void mount(RpcCall call, MountSegmentRequest request) {
        UUID segment = Ids.of(request.getSegment());
        boolean known =
                nonceOf.containsKey(segment) && Ids.of(request.getCluster()).equals(epoch.clusterId());
        if (request.hasCluster() && !known) {
            call.fail(ErrorCode.SEGMENT_NOT_FOUND, "nobody knows that content");
            return;
        }
        nonceOf.put(segment, request.getProcessNonce());
        mounts.add(request);
        call.reply(MountSegmentResponse.newBuilder()
                .setEpoch(epoch.toProto())
                .setAccessKey(ByteString.copyFrom(
                        SealKey.derive(SECRET, segment, epoch).bytes()))
                .setMasterTicks(System.nanoTime())
                .setPingIntervalMs(pingMillis)
                .setReadLeaseMs(5000)
                .setJournalDurable(journalDurable)
                .setDurableSequence(durableSequence)
                .setTermSequence(termSequence)
                .build());
    }

    private void ping(RpcCall call, PingRequest request) {
        Long nonce = nonceOf.get(Ids.of(request.getSegment()));
        if (nonce == null || nonce != request.getProcessNonce()) {
            call.fail(ErrorCode.SEGMENT_NOT_FOUND, "not mounted");
            return;
        }
        if (!request.getEpoch().equals(epoch.toProto())) { // of a former leader's node
            call.reply(PingResponse.newBuilder().setEpoch(epoch.toProto()).build());
            return;
        }
        pings.add(request);
        confirmed.addAll(request.getConfirmedList());
        verified.addAll(request.getVerifiedList());
        request.getConfirmedList().forEach(cuts::remove);
        request.getVerifiedList()
                .forEach(result -> verifies.removeIf(order -> order.getOrderId() == result.getOrderId()));
        call.reply(PingResponse.newBuilder()
                .setEpoch(epoch.toProto())
                .setMasterTicks(System.nanoTime())
                .setDurableSequence(durableSequence)
                .setTermSequence(termSequence)
                .addAllCuts(cuts)
                .addAllVerifies(verifies)
                .build());
    }

    @Override
    public void close() {
        server.close();
    }
}
