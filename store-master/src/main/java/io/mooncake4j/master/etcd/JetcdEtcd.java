package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.DefragmentResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.Deadline;
import io.grpc.Status;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * etcd, through jetcd's messages and calls.
 *
 * <p>Not through jetcd's {@code Client}, for what it does unasked: it keeps the connection to itself, which gRPC tries
 * again only after up to two minutes once it broke; deals calls out to all members, frozen ones included; sets no
 * deadlines; and renews a lease twice where once was asked for.
 */
public final class JetcdEtcd implements Etcd {
    private static final Duration DEFRAGMENT_TIMEOUT = Duration.ofMinutes(1);

    private final Duration requestTimeout;
    private final EtcdConnections connections;
    private final EtcdMembers members;
    private final EtcdMessages messages;

    private JetcdEtcd(EtcdOptions options) {
        this.requestTimeout = options.requestTimeout;
        this.connections = new EtcdConnections(options);
        // of a single one is known already what the members are asked for
        this.members = new EtcdMembers(
                options.endpoints.size() == 1 ? List.of() : options.endpoints, connections::connect, requestTimeout);
        this.messages = new EtcdMessages(options.prefix);
    }

    /**
     * Connects when it is first called.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if a TLS file can't be used
     */
    public static JetcdEtcd open(EtcdOptions options) {
        return new JetcdEtcd(options);
    }

    /** The member that calls go to now. */
    URI endpoint() {
        return connections.current().endpoint();
    }

    @Override
    public CompletableFuture<EtcdRange> range(EtcdRangeQuery query) {
        RangeRequest request = messages.range(query);
        return connections
                .call((connection, deadline) -> connection.call(KVGrpc.getRangeMethod(), deadline, request))
                .thenApply(messages::range);
    }

    @Override
    public CompletableFuture<@Nullable Void> changed(List<String> keys, long sinceRevision) {
        return connections
                .current()
                .watch(keys.stream()
                        .map(key -> messages.watch(key, sinceRevision))
                        .toList());
    }

    @Override
    public CompletableFuture<EtcdTxnAnswer> txn(EtcdTxn txn) {
        TxnRequest request = messages.txn(txn);
        return connections
                .call((connection, deadline) -> connection.call(KVGrpc.getTxnMethod(), deadline, request))
                .thenApply(messages::txn);
    }

    @Override
    public CompletableFuture<EtcdLease> grantLease(Duration timeToLive) {
        long seconds = timeToLive.plusNanos(999_999_999).toSeconds();
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(seconds).build();
        return connections
                .call((connection, deadline) -> connection.call(LeaseGrpc.getLeaseGrantMethod(), deadline, request))
                .thenApply(answer -> new EtcdLease(answer.getID(), Duration.ofSeconds(answer.getTTL())));
    }

    @Override
    public CompletableFuture<Duration> keepAliveOnce(long leaseId) {
        LeaseKeepAliveRequest request =
                LeaseKeepAliveRequest.newBuilder().setID(leaseId).build();
        return connections.call((connection, deadline) -> connection
                .callOnceThroughStream(LeaseGrpc.getLeaseKeepAliveMethod(), deadline, request)
                .thenApply(answer -> {
                    if (answer.getTTL() <= 0) {
                        throw Status.NOT_FOUND
                                .withDescription("requested lease not found")
                                .asRuntimeException();
                    }
                    return Duration.ofSeconds(answer.getTTL());
                }));
    }

    @Override
    public CompletableFuture<Void> revokeLease(long leaseId) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(leaseId).build();
        return connections
                .call((connection, deadline) -> connection.call(LeaseGrpc.getLeaseRevokeMethod(), deadline, request))
                .thenAccept(answer -> {});
    }

    @Override
    public CompletableFuture<Void> compact(long revision) {
        CompactionRequest request =
                CompactionRequest.newBuilder().setRevision(revision).build();
        return connections
                .call((connection, deadline) -> connection.call(KVGrpc.getCompactMethod(), deadline, request))
                .thenAccept(answer -> {});
    }

    @Override
    public CompletableFuture<List<String>> defragment() {
        return connections
                .atEach(DEFRAGMENT_TIMEOUT, this::defragment)
                .thenCompose(failures -> failures.size() == connections.count()
                        ? CompletableFuture.<List<String>>failedFuture(failures.get(0))
                        : CompletableFuture.completedFuture(
                                failures.stream().map(EtcdException::getMessage).toList()));
    }

    /** If it answers at all: for that it isn't waited for so long. */
    private CompletableFuture<DefragmentResponse> defragment(EtcdConnection connection, Deadline deadline) {
        Deadline soon = Deadline.after(requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
        return connection
                .call(MaintenanceGrpc.getStatusMethod(), soon, StatusRequest.getDefaultInstance())
                .thenCompose(status -> connection.call(
                        MaintenanceGrpc.getDefragmentMethod(), deadline, DefragmentRequest.getDefaultInstance()));
    }

    @Override
    public CompletableFuture<Void> disarm() {
        AlarmRequest request = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .setAlarm(AlarmType.NOSPACE)
                .build();
        return connections
                .call((connection, deadline) ->
                        connection.call(MaintenanceGrpc.getAlarmMethod(), deadline, AlarmRequest.getDefaultInstance()))
                .thenCompose(raised -> CompletableFuture.allOf(raised.getAlarmsList().stream()
                        .filter(alarm -> alarm.getAlarm() == AlarmType.NOSPACE)
                        .map(alarm -> request.toBuilder()
                                .setMemberID(alarm.getMemberID())
                                .build())
                        .map(disarm -> connections.call((connection, deadline) ->
                                connection.call(MaintenanceGrpc.getAlarmMethod(), deadline, disarm)))
                        .toArray(CompletableFuture<?>[]::new)));
    }

    @Override
    public CompletableFuture<EtcdHealth> health() {
        return members.statuses().thenCombine(connections.call(this::health), (statuses, health) -> {
            EtcdHealth largest = health;
            for (StatusResponse member : statuses) {
                largest = largest.withMember(member.getDbSize(), member.getDbSizeInUse());
            }
            return largest;
        });
    }

    private CompletableFuture<EtcdHealth> health(EtcdConnection connection, Deadline deadline) {
        CompletableFuture<StatusResponse> status =
                connection.call(MaintenanceGrpc.getStatusMethod(), deadline, StatusRequest.getDefaultInstance());
        CompletableFuture<AlarmResponse> alarms =
                connection.call(MaintenanceGrpc.getAlarmMethod(), deadline, AlarmRequest.getDefaultInstance());
        CompletableFuture<Boolean> foreign = exists(connection, deadline, messages.anyBefore())
                .thenCombine(exists(connection, deadline, messages.anyAfter()), Boolean::logicalOr);
        return status.thenCombine(
                        alarms,
                        (size, raised) -> foreign.thenApply(others -> new EtcdHealth(
                                size.getVersion(),
                                size.getDbSize(),
                                size.getDbSizeInUse(),
                                names(raised),
                                others,
                                size.getHeader().getRevision(),
                                connections.endpoints())))
                .thenCompose(health -> health);
    }

    private static List<String> names(AlarmResponse raised) {
        return raised.getAlarmsList().stream()
                .map(AlarmMember::getAlarm)
                .map(Enum::name)
                .distinct()
                .sorted()
                .toList();
    }

    /** Keys that this user may not see count as there: who limits users shares his etcd. */
    private static CompletableFuture<Boolean> exists(
            EtcdConnection connection, Deadline deadline, RangeRequest request) {
        return connection
                .call(KVGrpc.getRangeMethod(), deadline, request)
                .thenApply(answer -> answer.getKvsCount() > 0)
                .exceptionallyCompose(failure ->
                        Status.fromThrowable(EtcdException.unwrapped(failure)).getCode()
                                        == Status.Code.PERMISSION_DENIED
                                ? CompletableFuture.completedFuture(true)
                                : CompletableFuture.failedFuture(failure));
    }

    /** Calls in flight fail with CLOSED. */
    @Override
    public void close() {
        connections.close();
        members.close();
    }
}
