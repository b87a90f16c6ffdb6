package io.mooncake4j.client;

import com.google.protobuf.MessageLite;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.*;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A master behind a real RPC server that does what a test says: once per script, else honestly, without any clock. */
final class ScriptedMaster extends HonestMaster implements AutoCloseable {
    /** Answers a call, or doesn't. Runs on the event loop. */
    interface Script {
        void answer(ScriptedMaster master, RpcCall call);
    }

    /** Carried out, but the answer is lost. */
    static final Script LOST_ANSWER = (master, call) -> master.honest(call);

    /** Never arrived. */
    static final Script LOST_REQUEST = (master, call) -> {};

    record Received(Method method, MessageLite message) {}

    final List<Received> received = new CopyOnWriteArrayList<>();
    volatile boolean leads = true;
    /** What is never answered, nor carried out. */
    final Set<Method> silent = ConcurrentHashMap.newKeySet();

    private final Map<Method, Deque<Script>> scripts = new EnumMap<>(Method.class);
    private final RpcServer server;

    ScriptedMaster(int segmentCount) {
        super(segmentCount);
        server = RpcServer.start(
                RpcServerOptions.builder().bindHost("127.0.0.1").port(0).build(), this::handle);
    }

    String address() {
        return "127.0.0.1:" + server.port();
    }

    synchronized ScriptedMaster next(Method method, Script script) {
        scripts.computeIfAbsent(method, m -> new ArrayDeque<>()).add(script);
        return this;
    }

    ScriptedMaster next(Method method, Script... many) {
        for (Script script : many) {
            next(method, script);
        }
        return this;
    }

    /** The next answer has this status for its first key, whose request is carried out not at all. */
    static Script status(ErrorCode code) {
        return (master, call) -> call.reply(
                switch (call.method()) {
                    case PUT_START ->
                        PutStartResponse.newBuilder()
                                .addStatus(code.number())
                                .addGrantIds(0)
                                .setGrantMs(master.grantMs)
                                .build();
                    case GET_REPLICAS, RENEW_LEASE ->
                        ReplicasResponse.newBuilder()
                                .addStatus(code.number())
                                .addObjectIds(0)
                                .addSizes(0)
                                .addChecksums(0)
                                .build();
                    case RENEW_GRANT ->
                        RenewGrantResponse.newBuilder().addStatus(code.number()).build();
                    default ->
                        StatusResponse.newBuilder().addStatus(code.number()).build();
                });
    }

    static Script fails(ErrorCode code) {
        return (master, call) -> call.fail(code, "scripted");
    }

    static Script outcome(Outcome outcome) {
        return (master, call) -> call.reply(
                GrantOutcomeResponse.newBuilder().addOutcomes(outcome).build());
    }

    @SuppressWarnings("unchecked")
    <T extends MessageLite> List<T> received(Method method) {
        List<T> all = new ArrayList<>();
        for (Received one : received) {
            if (one.method() == method) {
                all.add((T) one.message());
            }
        }
        return all;
    }

    /** The methods called, in order. */
    List<Method> methods() {
        return received.stream().map(Received::method).toList();
    }

    /** Leads from now on, with what the former leader has committed; its grants are unknown here. */
    void succeed(ScriptedMaster former) {
        former.leads = false;
        take(former);
        leads = true;
    }

    private void handle(RpcCall call) {
        if (call.method() == Method.ROLE) {
            call.reply(RoleResponse.newBuilder().setLeads(leads).build());
            return;
        }
        Script script;
        synchronized (this) {
            received.add(new Received(call.method(), parse(call)));
            script = scripts.getOrDefault(call.method(), new ArrayDeque<>()).poll();
        }
        if (script != null) {
            script.answer(this, call);
        } else if (silent.contains(call.method())) {
            return;
        } else if (!leads) {
            StoreException refusal = NotLeader.refused(null);
            call.fail(refusal.code(), refusal.reason());
        } else {
            call.reply(honest(call));
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
