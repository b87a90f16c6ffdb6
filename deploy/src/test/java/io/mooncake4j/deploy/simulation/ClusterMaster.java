package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.master.ha.HaOptions;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.ha.MasterLife;
import io.mooncake4j.master.ha.Terms;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.service.ServiceSeam;
import io.mooncake4j.transfer.rpc.DirectCall;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One life of a master's process among several: role, journal, gate and calls are real; threads and connections not. */
final class ClusterMaster implements Terms {
    private static final long STOP_NANOS = 5_000_000_000L;

    private final World world;
    private final Cluster cluster;
    private final int number;
    private final SimProcess process;
    private final SimEtcdLink link;
    private final MasterLife life;
    private final ServiceSeam.Gate gate = new ServiceSeam.Gate();
    /** Between its takeover and the end of its service. */
    private @Nullable ClusterTerm term;

    private @Nullable ClusterTerm serving;

    ClusterMaster(World world, Cluster cluster, int number, int lives, SimClock clock) {
        this.world = world;
        this.cluster = cluster;
        this.number = number;
        this.process = new SimProcess("master-" + number + "." + lives, world.scheduler(), clock);
        this.link =
                new SimEtcdLink(world, cluster.etcd(), process, cluster.plan().lost());
        this.life = new MasterLife(
                cluster.etcd().client(link),
                new SimLoop(world, process),
                new SimLoop(world, process),
                new HaOptions(
                        "master-" + number + ":1",
                        Duration.ofSeconds(cluster.plan().leaderLeaseSeconds()),
                        new byte[32],
                        true,
                        new JournalOptions(
                                cluster.plan().sync(),
                                cluster.plan().tailBytes(),
                                world.plan().rules())),
                this,
                world.scheduler().random);
        life.start();
    }

    SimProcess process() {
        return process;
    }

    SimEtcdLink link() {
        return link;
    }

    @Nullable
    ClusterTerm serving() {
        return process.alive() ? serving : null;
    }

    /** The last one that it took over, served or not. */
    @Nullable
    ClusterTerm term() {
        return process.alive() ? term : null;
    }

    /** SIGTERM. */
    void stop(Runnable ended) {
        Runnable end = () -> {
            if (process.alive()) {
                process.kill();
                ended.run();
            }
        };
        life.stop().whenComplete((done, failure) -> process.after(1000, end));
        process.after(cluster.plan().times(number).readLeaseNanos() + STOP_NANOS, end);
    }

    @Override
    public MasterCore takeOver(
            Epoch epoch, byte[] clusterSecret, ChangeLog log, DurableState state, long followedSinceNanos) {
        cluster.tookOver(process, epoch, state);
        ClusterTerm next;
        try {
            next = new ClusterTerm(
                    world,
                    cluster,
                    process,
                    number,
                    cluster.nextTerm(),
                    epoch,
                    clusterSecret,
                    log,
                    state,
                    followedSinceNanos);
        } catch (IllegalStateException e) {
            throw world.checks().violated("accounting", process + " can't take over: " + e.getMessage());
        }
        cluster.add(next);
        term = next;
        return next.core();
    }

    @Override
    public void serve(MasterCore core, Leadership leadership) {
        ClusterTerm now = term;
        if (now == null || now.core() != core) {
            throw new IllegalStateException("another term is served than was taken over");
        }
        now.serve(leadership);
        serving = now;
        cluster.serves(now);
        gate.open(core, now, process::nowNanos);
    }

    @Override
    public void stopServing() {
        gate.close();
        ClusterTerm now = serving;
        if (now != null) {
            now.stopServing();
            serving = null;
            cluster.stopped(now);
        }
    }

    @Override
    public void leaderIs(String address) {
        gate.leaderIs(address);
    }

    /** A request arrives. */
    void handle(Method method, MessageLite request, byte[] body, DirectCall.Answer answer) {
        ClusterTerm now = serving;
        boolean[] turnedAway = new boolean[1];
        RpcCall call = DirectCall.of(method, body, new DirectCall.Answer() {
            @Override
            public void reply(MessageLite response) {
                if (method != Method.ROLE && now != null) {
                    world.checks().cluster.answers(cluster, now, request, response);
                    world.checks().master.answered(now, request, response);
                }
                answer.reply(response);
            }

            @Override
            public void fail(ErrorCode code, String text) {
                if (code == ErrorCode.INTERNAL_ERROR) {
                    throw world.checks().violated("S10", "the master failed at " + method + ": " + text);
                }
                if (code == ErrorCode.NOT_LEADER) {
                    turnedAway[0] = NotLeader.nothingDone(text);
                    world.happened(Happening.REFUSED_BY_STANDBY);
                } else if (now != null) {
                    world.checks().cluster.speaks(cluster, now);
                }
                answer.fail(code, text);
            }
        });
        try {
            gate.handle(call);
            if (now != null && !turnedAway[0] && method != Method.ROLE) {
                world.checks().master.carriedOut(now, request);
            }
        } catch (StoreException e) { // as a connection does
            cluster.mayStop(process);
            call.fail(e.code(), e.reason());
        }
    }
}
