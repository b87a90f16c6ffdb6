package io.mooncake4j.bench;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdHealth;
import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.placement.Commit;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Segments;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Durable records a second of a leading master whose journal is in etcd: objects come and go at a steady number, without
 * the network between clients and master. Prints a line of Markdown every ten seconds, and one for all of them.
 */
public final class JournalLoad {
    private static final int SEGMENTS = 8;
    private static final long SEGMENT_BYTES = 64L << 30;
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final double TICKS_A_SECOND = 100;

    private final MasterCore core;
    private final Etcd etcd;
    private final Path etcdStat;
    private final Histogram total = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private long largestBytes;

    private JournalLoad(MasterCore core, Etcd etcd, Path etcdStat) {
        this.core = core;
        this.etcd = etcd;
        this.etcdStat = etcdStat;
    }

    /** Arguments: endpoint, process id of etcd, objects, threads, batches in flight, seconds of warm-up, seconds. */
    public static void main(String[] args) throws Exception {
        EtcdOptions where = EtcdOptions.builder().endpoints(args[0]).build();
        ClusterOptions cluster = new ClusterOptions(where, "127.0.0.1:0", Duration.ofSeconds(5), false, new byte[0]);
        MasterOptions options =
                MasterOptions.defaults().withAddress("127.0.0.1", 0).withCluster(cluster);
        try (MasterServer master = MasterServer.start(options);
                Etcd etcd = JetcdEtcd.open(where)) {
            while (!master.serves()) {
                Thread.sleep(10);
            }
            new JournalLoad(master.core(), etcd, Path.of("/proc", args[1], "stat"))
                    .run(
                            Integer.parseInt(args[2]),
                            Integer.parseInt(args[3]),
                            Integer.parseInt(args[4]),
                            Integer.parseInt(args[5]),
                            Integer.parseInt(args[6]));
        }
    }

    private void run(int objects, int threads, int depth, int warmUpSeconds, int seconds) throws Exception {
        ScheduledExecutorService pings = Executors.newSingleThreadScheduledExecutor();
        List<ObjectChurn> churns = new ArrayList<>();
        try {
            mountSegments(pings);
            for (int i = 0; i < threads; i++) {
                churns.add(new ObjectChurn(core, objects / threads, depth / threads, i));
            }
            for (ObjectChurn churn : churns) {
                churn.start();
            }
            for (ObjectChurn churn : churns) {
                churn.awaitFull();
            }
            Thread.sleep(TimeUnit.SECONDS.toMillis(warmUpSeconds));
            System.out.println(
                    "| s | records/s | commit p50 ms | p99 ms | p100 ms | etcd's database MiB | of it used MiB"
                            + " | etcd's CPU cores |");
            System.out.println("|---|---|---|---|---|---|---|---|");
            report(churns, seconds);
        } finally {
            churns.forEach(ObjectChurn::end);
            for (ObjectChurn churn : churns) {
                churn.join();
            }
            pings.shutdownNow();
        }
    }

    /** Memory that nobody holds: only its placement is of interest. */
    private void mountSegments(ScheduledExecutorService pings) {
        for (int i = 0; i < SEGMENTS; i++) {
            Segment segment = core.segments()
                    .mount(
                            new Segments.Offer(
                                    UUID.randomUUID(),
                                    "n" + i,
                                    "",
                                    SEGMENT_BYTES,
                                    1L << 30,
                                    new Segment.Address("127.0.0.1", 1, 1),
                                    null),
                            new Commit(),
                            System.nanoTime());
            pings.scheduleAtFixedRate(
                    () -> core.segments().heard(segment.id(), 1, System.nanoTime()), 1, 1, TimeUnit.SECONDS);
        }
    }

    private void report(List<ObjectChurn> churns, int seconds) throws Exception {
        churns.forEach(churn -> churn.takeLatencies(new Histogram(total)));
        long began = System.nanoTime();
        long recordsAtFirst = core.log().durableSequence();
        double cpuAtFirst = etcdCpuSeconds();
        long lastNanos = began;
        long lastRecords = recordsAtFirst;
        double lastCpu = cpuAtFirst;
        long endNanos = began + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < endNanos) {
            Thread.sleep(Math.max(1, Math.min(REPORT_EVERY.toMillis(), (endNanos - System.nanoTime()) / 1_000_000)));
            Histogram latencies = new Histogram(total);
            latencies.reset();
            churns.forEach(churn -> churn.takeLatencies(latencies));
            total.add(latencies);
            long now = System.nanoTime();
            long records = core.log().durableSequence();
            double cpu = etcdCpuSeconds();
            EtcdHealth health = etcd.health().get(10, TimeUnit.SECONDS);
            if (!health.alarms().isEmpty()) {
                throw new IllegalStateException("etcd has raised " + health.alarms());
            }
            largestBytes = Math.max(largestBytes, health.sizeBytes());
            print(
                    String.valueOf((now - began) / 1_000_000_000),
                    (records - lastRecords) * 1e9 / (now - lastNanos),
                    latencies,
                    health.sizeBytes(),
                    health.usedBytes(),
                    (cpu - lastCpu) * 1e9 / (now - lastNanos));
            lastNanos = now;
            lastRecords = records;
            lastCpu = cpu;
        }
        double nanos = lastNanos - began;
        EtcdHealth health = etcd.health().get(10, TimeUnit.SECONDS);
        print(
                "all",
                (lastRecords - recordsAtFirst) * 1e9 / nanos,
                total,
                largestBytes,
                health.usedBytes(),
                (lastCpu - cpuAtFirst) * 1e9 / nanos);
    }

    private static void print(
            String when, double recordsPerSecond, Histogram nanos, long sizeBytes, long usedBytes, double cores) {
        System.out.printf(
                "| %s | %.0f | %.1f | %.1f | %.1f | %d | %d | %.2f |%n",
                when,
                recordsPerSecond,
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getMaxValue() / 1e6,
                sizeBytes >> 20,
                usedBytes >> 20,
                cores);
    }

    /** User and system time of etcd's process. */
    private double etcdCpuSeconds() throws IOException {
        String stat = Files.readString(etcdStat);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }
}
