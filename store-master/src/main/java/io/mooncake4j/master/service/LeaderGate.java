package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.rpc.RpcHandler;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RoleRequest;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import org.jspecify.annotations.Nullable;

/** Lets calls through while this master proves that it leads (S4), and names the leader otherwise. */
final class LeaderGate implements RpcHandler {
    private record Term(RpcHandler service, Leadership leadership) {}

    private volatile @Nullable Term term;
    private volatile @Nullable HostPort leader;
    private volatile int adminPort;
    private final Standbys standbys = new Standbys();

    /** From now on calls go to this service, as long as the leadership holds. */
    void open(RpcHandler service, Leadership leadership) {
        term = new Term(service, leadership);
    }

    /** Takes no new calls; those that were taken are answered while their leadership holds. */
    void close() {
        term = null;
    }

    /** Who leads, as HOST:PORT; empty where that isn't known. */
    void leaderIs(String address) {
        leader = address.isEmpty() ? null : HostPort.parse(address);
    }

    /** Who leads, as far as this master knows. */
    @Nullable
    HostPort leader() {
        return leader;
    }

    /** Where this master is administered over HTTP. */
    void adminIs(int port) {
        adminPort = port;
    }

    Standbys standbys() {
        return standbys;
    }

    @Override
    public void handle(RpcCall call) {
        Term now = term;
        boolean leads = now != null && now.leadership().holds();
        if (call.method() == Method.ROLE) {
            if (leads) {
                standbys.heard(call.parse(RoleRequest.parser()), System.nanoTime());
            }
            HostPort known = leader;
            call.reply(RoleResponse.newBuilder()
                    .setLeads(leads)
                    .setLeader(known == null ? "" : known.toString())
                    .setAdminPort(adminPort)
                    .build());
        } else if (now == null || !leads) {
            StoreException refusal = NotLeader.refused(leader);
            call.fail(refusal.code(), refusal.reason());
        } else {
            call.guardedBy(() -> now.leadership().holds() ? null : NotLeader.deposed(leader));
            now.service().handle(call);
        }
    }
}
