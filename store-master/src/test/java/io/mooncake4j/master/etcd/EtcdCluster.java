package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** Three real etcds that are one cluster. */
public final class EtcdCluster implements AutoCloseable {
    private static final int MEMBERS = 3;

    private final List<EtcdProcess> members = new ArrayList<>();

    private EtcdCluster() {}

    /** Starts them and waits until they serve. */
    public static EtcdCluster start() {
        List<EtcdProcess.Plan> plans = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            plans.add(EtcdProcess.plan().name("member" + i));
        }
        String all = plans.stream().map(EtcdProcess.Plan::peer).collect(Collectors.joining(","));
        EtcdCluster cluster = new EtcdCluster();
        try {
            plans.forEach(plan -> cluster.members.add(plan.cluster(all).launch()));
            cluster.members.forEach(EtcdProcess::awaitHealthy);
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    public List<EtcdProcess> members() {
        return members;
    }

    /** Options of a client of all of them. */
    public EtcdOptions.Builder options() {
        return EtcdOptions.builder()
                .endpoints(members.stream().map(EtcdProcess::endpoint).toList());
    }

    /** The member that leads now; waits for one. */
    public EtcdProcess leader() {
        return Awaitility.await("a leader of the etcd cluster")
                .until(() -> members.stream().filter(EtcdCluster::leads).toList(), leaders -> leaders.size() == 1)
                .get(0);
    }

    /** The members that follow. */
    public List<EtcdProcess> followers() {
        EtcdProcess leader = leader();
        return members.stream().filter(member -> member != leader).toList();
    }

    private static boolean leads(EtcdProcess member) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", member.endpoint().getPort())
                .usePlaintext()
                .build();
        try {
            StatusResponse status = MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(1, TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance());
            return status.getLeader() == status.getHeader().getMemberId();
        } catch (StatusRuntimeException e) {
            return false; // dead or frozen
        } finally {
            channel.shutdownNow();
        }
    }

    /** Kills both followers: the leader alone has no quorum. Relaunch them to give it back. */
    public List<EtcdProcess> loseQuorum() {
        List<EtcdProcess> killed = followers();
        killed.forEach(EtcdProcess::kill);
        return killed;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        for (EtcdProcess member : members) {
            try {
                member.close();
            } catch (RuntimeException e) {
                failure = e; // the others are closed all the same
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
