package io.mooncake4j.master.service;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdMeters;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.etcd.MeteredEtcd;
import io.mooncake4j.master.ha.HaOptions;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.ha.Loopback;
import io.mooncake4j.master.ha.MasterLife;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.journal.MemoryJournal;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.rpc.RpcHandler;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running master: alone with its journal in memory, when every start is a new cluster, or one of several with etcd. */
public final class MasterServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterServer.class);
    private static final int WORKERS = 2;
    private static final int QUEUED_LONG_CALLS = 64;
    /** How much longer than the longest lease a handover takes at most. */
    private static final long HAND_OVER_SECONDS = 5;

    private final RpcServer rpc;
    private final ThreadPoolExecutor workers;
    private final Supplier<@Nullable ServedTerm> term;
    private final Future<?> loaded;
    private final AutoCloseable role;
    private final MasterStatus status;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MasterServer(
            RpcServer rpc,
            ThreadPoolExecutor workers,
            Supplier<@Nullable ServedTerm> term,
            Future<?> loaded,
            MasterStatus status,
            AutoCloseable role) {
        this.rpc = rpc;
        this.workers = workers;
        this.term = term;
        this.loaded = loaded;
        this.status = status;
        this.role = role;
    }

    /**
     * Binds and serves: alone, or with {@link MasterOptions#cluster}, when it is a standby until it wins an election, and
     * returns before it knows whether etcd can be reached.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if a setting is wrong or the port is taken
     */
    public static MasterServer start(MasterOptions options) {
        return start(options, SafetyRules.ALL);
    }

    /** For the tests that show what a rule is for. */
    static MasterServer start(MasterOptions options, SafetyRules rules) {
        ClusterOptions cluster = options.cluster();
        return cluster == null ? startAlone(options, rules) : startInCluster(options, cluster, rules);
    }

    private static MasterServer startAlone(MasterOptions options, SafetyRules rules) {
        MasterCore core = new MasterCore(
                Cores.settings(new Epoch(UUID.randomUUID(), 1), Cores.randomSecret(), options, rules),
                new MemoryJournal());
        CallMeters meters = new CallMeters();
        ThreadPoolExecutor workers = workers();
        ServedTerm term = new ServedTerm(core, options, meters, Leadership.SOLE, workers);
        RpcServer rpc;
        try {
            rpc = listen(options, meters, term.service());
        } catch (RuntimeException e) {
            term.close();
            workers.shutdown();
            throw e;
        }
        LOG.info("master of cluster {} serves on {}:{}", core.epoch().clusterId(), options.bindHost(), rpc.port());
        TermCounters counters = new TermCounters();
        counters.begin(core.counters());
        MasterStatus status = MasterStatus.ofOne(term, meters, counters);
        return new MasterServer(rpc, workers, () -> term, CompletableFuture.completedFuture(null), status, term);
    }

    private static MasterServer startInCluster(MasterOptions options, ClusterOptions cluster, SafetyRules rules) {
        HaOptions ha = new HaOptions(
                cluster.address(),
                cluster.leaderLease(),
                cluster.secret(),
                cluster.secret().length > 0,
                JournalOptions.defaults().with(cluster.sync(), rules).withQuotaBytes(cluster.etcdQuotaBytes()));
        CallMeters meters = new CallMeters();
        ThreadPoolExecutor workers = workers();
        LeaderGate gate = new LeaderGate();
        RpcServer rpc;
        try {
            rpc = listen(options, meters, gate);
        } catch (RuntimeException e) {
            workers.shutdown();
            throw e;
        }
        ThreadLoop loop = new ThreadLoop("master-loop");
        ThreadLoop proofLoop = new ThreadLoop("master-proof");
        WonTerms terms = new WonTerms(options, rules, gate, meters, workers);
        EtcdMeters etcdMeters = new EtcdMeters();
        Etcd etcd = new MeteredEtcd(JetcdEtcd.open(cluster.etcd()), etcdMeters);
        HaOptions listening = ha.listeningAt(rpc.port());
        MasterLife life = new MasterLife(etcd, loop, proofLoop, listening, terms, new SecureRandom());
        life.start();
        if (Loopback.is(listening.address())
                && !cluster.etcd().endpoints().stream().allMatch(Loopback::is)) {
            LOG.warn(
                    "others are told that this master is at {}, which only this machine reaches; set --advertise"
                            + " HOST:PORT",
                    listening.address());
        }
        LOG.info("master listens on {}:{} and is told as {}", options.bindHost(), rpc.port(), listening.address());
        MasterStatus.Cluster shared = new MasterStatus.Cluster(
                listening.address(), life, gate, etcdMeters, ha.journal().commitTimes());
        MasterStatus status = new MasterStatus(terms::current, meters, terms.counters(), shared);
        return new MasterServer(rpc, workers, terms::current, life.loaded(), status, () -> {
            stop(life, options.times().readLeaseNanos());
            loop.close();
            proofLoop.close();
            etcd.close();
        });
    }

    private static void stop(MasterLife life, long longestLeaseNanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(longestLeaseNanos) + HAND_OVER_SECONDS;
        try {
            life.stop().get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("no clean handover within {} s; the next leader waits for this one's lease to end", seconds);
        }
    }

    private static ThreadPoolExecutor workers() {
        return new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(QUEUED_LONG_CALLS),
                Daemons.named("master-worker"));
    }

    private static RpcServer listen(MasterOptions options, CallMeters meters, RpcHandler handler) {
        return RpcServer.start(
                RpcServerOptions.builder()
                        .bindHost(options.bindHost())
                        .port(options.rpcPort())
                        .busyPoll(options.busyPoll())
                        .observer(meters)
                        .build(),
                handler);
    }

    public int port() {
        return rpc.port();
    }

    /** What can be seen of it, for metrics and administration. */
    public MasterStatus status() {
        return status;
    }

    /** Whether it has read the whole placement, so that it can take over; true at once for a master alone. */
    public boolean hasLoaded() {
        return loaded.isDone();
    }

    /** Waits, for as long as etcd can't be read, until {@link #hasLoaded}. */
    public void awaitLoaded() throws InterruptedException {
        try {
            loaded.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it serves calls, as far as it knows. */
    public boolean serves() {
        return term.get() != null;
    }

    /**
     * The state behind the service, for embedding and tests.
     *
     * @throws StoreException NOT_LEADER if it doesn't lead
     */
    public MasterCore core() {
        ServedTerm now = term.get();
        if (now == null) {
            throw new StoreException(ErrorCode.NOT_LEADER, "this master is a standby");
        }
        return now.core();
    }

    /** Hands over if it leads one of several, answers what is in flight, for a bounded time, and stops. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            role.close();
        } catch (Exception e) {
            LOG.warn("the master did not stop cleanly", e);
        }
        rpc.close();
        workers.shutdownNow();
    }
}
