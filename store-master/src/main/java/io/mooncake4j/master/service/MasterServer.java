package io.mooncake4j.master.service;

import io.mooncake4j.master.eviction.Evictor;
import io.mooncake4j.master.eviction.NearLru;
import io.mooncake4j.master.journal.MemoryJournal;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running master whose journal is in memory: every start is a new cluster. */
public final class MasterServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterServer.class);
    private static final int SECRET_BYTES = 32;
    private static final int WORKERS = 2;
    private static final int QUEUED_LONG_CALLS = 64;
    private static final long SWEEP_MS = 100;
    private static final long EVICT_MS = 10;

    private final MasterCore core;
    private final RpcServer rpc;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService timers;

    private MasterServer(MasterCore core, RpcServer rpc, ThreadPoolExecutor workers, ScheduledExecutorService timers) {
        this.core = core;
        this.rpc = rpc;
        this.workers = workers;
        this.timers = timers;
    }

    /**
     * Binds and serves.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if a setting is wrong or the port is taken
     */
    public static MasterServer start(MasterOptions options) {
        return start(options, SafetyRules.ALL);
    }

    /** For the tests that show what a rule is for. */
    static MasterServer start(MasterOptions options, SafetyRules rules) {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        long start = System.nanoTime();
        MasterCore core = new MasterCore(
                new MasterCore.Settings(
                        new Epoch(UUID.randomUUID(), 1),
                        secret,
                        options.times(),
                        PlacementStrategy.of(options.allocationStrategy()),
                        ThreadLocalRandom::current,
                        rules,
                        // Another life of the master must not take an old grant id for one of its own.
                        random.nextLong() >>> 2,
                        start),
                new MemoryJournal());
        Evictor evictor = new Evictor(core, new NearLru(), options.highWatermark(), options.lowWatermark());
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(QUEUED_LONG_CALLS),
                daemons("master-worker"));
        CallMeters meters = new CallMeters();
        RpcServer rpc;
        try {
            rpc = RpcServer.start(
                    RpcServerOptions.builder()
                            .bindHost(options.bindHost())
                            .port(options.rpcPort())
                            .busyPoll(options.busyPoll())
                            .observer(meters)
                            .build(),
                    new MasterService(core, meters, System::nanoTime, workers));
        } catch (RuntimeException e) {
            workers.shutdown();
            throw e;
        }
        ScheduledExecutorService timers = Executors.newScheduledThreadPool(2, daemons("master-timer"));
        every(timers, SWEEP_MS, () -> core.sweep(System.nanoTime()));
        every(timers, EVICT_MS, () -> evictor.run(System.nanoTime()));
        LOG.info("master of cluster {} serves on {}:{}", core.epoch().clusterId(), options.bindHost(), rpc.port());
        return new MasterServer(core, rpc, workers, timers);
    }

    private static void every(ScheduledExecutorService timers, long periodMs, Runnable work) {
        timers.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        LOG.error("background work failed; it is tried again", e);
                    }
                },
                periodMs,
                periodMs,
                TimeUnit.MILLISECONDS);
    }

    private static ThreadFactory daemons(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    public int port() {
        return rpc.port();
    }

    /** The state behind the service, for embedding and tests. */
    public MasterCore core() {
        return core;
    }

    /** Answers what is in flight, for a bounded time, and stops. */
    @Override
    public void close() {
        rpc.close();
        timers.shutdownNow();
        workers.shutdownNow();
    }
}
