package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.journal.EtcdJournal;
import io.mooncake4j.master.journal.Found;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.Recovery;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PutProbe;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.RemoveRequest;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that wait for an etcd that takes nothing keep nobody else's from being answered. */
class WaitingCallsTest {
    private static final UUID CLIENT = new UUID(5, 5);
    private static final int SIZE_BYTES = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ThreadLoop loop = new ThreadLoop("test-loop");
    /** Belongs to the loop. */
    private final EtcdModel model = new EtcdModel(System::nanoTime);

    private final List<String> losses = new CopyOnWriteArrayList<>();
    private final EtcdJournal journal = journal();
    private final MasterOptions options = MasterOptions.defaults();
    private final MasterCore core = new MasterCore(
            Cores.settings(new Epoch(UUID.randomUUID(), 1), Cores.randomSecret(), options, SafetyRules.ALL), journal);
    private final ServedTerm term = new ServedTerm(core, options, new CallMeters(), Leadership.SOLE, Runnable::run);
    private final PutProbe puts = new PutProbe(core, System::nanoTime);
    private final List<AutoCloseable> open = new ArrayList<>(List.of(term, loop));

    private <T> T onLoop(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop).join();
    }

    private EtcdJournal journal() {
        Etcd etcd = model.client(EtcdModel.Link.SOUND);
        EtcdTxn win = new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, new byte[0]);
        long revision = onLoop(() -> etcd.txn(win).join().revision());
        Found found = onLoop(() -> Recovery.read(etcd, loop)).join();
        return new EtcdJournal(etcd, loop, revision, found, JournalOptions.defaults(), losses::add);
    }

    private void etcdIsFull(boolean full) {
        onLoop(() -> {
            model.setFull(full);
            return full;
        });
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private RpcClient serve(RpcServerOptions.Builder server) {
        RpcServer rpc = RpcServer.start(server.bindHost("127.0.0.1").port(0).build(), term.service());
        open.add(0, rpc);
        RpcClient client = RpcClient.create(RpcClientOptions.builder()
                .addresses(HostPort.parseList("127.0.0.1:" + rpc.port()))
                .build());
        open.add(0, client);
        return client;
    }

    /** Puts "kept" and as many others, whose names are returned. */
    private List<String> put(int others) {
        puts.mount(1 << 20);
        puts.put("kept", SIZE_BYTES);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            puts.put("k" + i, SIZE_BYTES);
            keys.add("k" + i);
        }
        awaitDurable();
        return keys;
    }

    private void awaitDurable() {
        await().until(() -> journal.durableSequence() == journal.lastSequence());
    }

    private static CompletableFuture<StatusResponse> remove(RpcClient client, String key, Deadline deadline) {
        RemoveRequest request = RemoveRequest.newBuilder()
                .setKeys(KeyColumn.of(List.of(key)).toProto())
                .build();
        return client.callAsync(Method.REMOVE, request, StatusResponse.parser(), deadline);
    }

    private static ErrorCode get(RpcClient client, String key, Duration within) {
        GetReplicasRequest request = GetReplicasRequest.newBuilder()
                .setClient(Ids.toProto(CLIENT))
                .setKeys(KeyColumn.of(List.of(key)).toProto())
                .build();
        ReplicasResponse answer =
                client.call(Method.GET_REPLICAS, request, ReplicasResponse.parser(), Deadline.after(within));
        return ErrorCode.of(answer.getStatus(0));
    }

    /** There is room again: nothing is left of the removed, and all goes on. */
    private void assertAllIsRight(RpcClient client, List<String> removed) {
        etcdIsFull(false);
        awaitDurable();
        for (String key : removed) {
            int status = remove(client, key, Deadline.after(PATIENCE)).join().getStatus(0);
            assertThat(ErrorCode.of(status)).isIn(ErrorCode.OK, ErrorCode.OBJECT_NOT_FOUND);
            assertThat(get(client, key, PATIENCE)).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        }
        assertThat(get(client, "kept", PATIENCE)).isEqualTo(ErrorCode.OK);
        puts.ping(true);
        assertThat(puts.canPut("new", SIZE_BYTES)).isTrue();
        assertThat(losses).isEmpty();
    }

    @Test
    void shouldServeGetsWhenMoreRemovalsWaitedUntilTheirDeadlinesThanTheirConnectionHasPlaces() {
        RpcClient client = serve(RpcServerOptions.builder().maxInFlightPerConnection(32));
        List<String> keys = put(100);
        etcdIsFull(true);
        assertThat(get(client, "kept", PATIENCE)).isEqualTo(ErrorCode.OK);
        List<CompletableFuture<StatusResponse>> removals = new ArrayList<>();
        for (String key : keys) {
            removals.add(remove(client, key, Deadline.after(Duration.ofMillis(500))));
        }
        assertThat(get(client, "kept", Duration.ofSeconds(10))).isEqualTo(ErrorCode.OK);
        for (CompletableFuture<StatusResponse> removal : removals) {
            assertThat(catchThrowable(removal::join))
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RPC_TIMEOUT));
        }
        assertAllIsRight(client, keys);
    }

    @Test
    void shouldSayThatItLeadsNoMoreWhenTheJournalIsLost() {
        RpcClient client = serve(RpcServerOptions.builder());
        put(1);
        etcdIsFull(true);
        CompletableFuture<StatusResponse> removal = remove(client, "k0", Deadline.after(PATIENCE));
        await().until(() -> journal.durableSequence() < journal.lastSequence());
        onLoop(journal::close);
        assertThat(catchThrowable(removal::join)).cause().isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
            assertThat(NotLeader.nothingDone(e.reason())).isFalse();
        });
    }

    /** As many as a client has in flight. */
    @Test
    void shouldServeGetsAtOnceWhenManyRemovalsWait() {
        RpcClient client = serve(RpcServerOptions.builder());
        List<String> keys = put(1000);
        etcdIsFull(true);
        List<CompletableFuture<StatusResponse>> removals = new ArrayList<>();
        for (String key : keys) {
            removals.add(remove(client, key, Deadline.after(Duration.ofMinutes(1))));
        }
        assertThat(get(client, "kept", Duration.ofSeconds(10))).isEqualTo(ErrorCode.OK);
        assertThat(removals).noneMatch(CompletableFuture::isDone);
        assertAllIsRight(client, keys);
        assertThat(removals)
                .allSatisfy(removal -> assertThat(removal.join().getStatus(0)).isEqualTo(ErrorCode.OK.number()));
    }
}
