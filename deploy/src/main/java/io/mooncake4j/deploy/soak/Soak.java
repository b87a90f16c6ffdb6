package io.mooncake4j.deploy.soak;

import io.mooncake4j.deploy.replay.Replay;
import io.mooncake4j.transfer.settings.ByteSize;
import io.mooncake4j.transfer.settings.DurationText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a store of real processes under load, one random fault after the other, and looks for wrong bytes and leaks. */
@Command(
        name = "bench/soak",
        description = {
            "Run a master, nodes and clients as processes, let random faults hit them while a trace is replayed, and look"
                    + " for wrong bytes and for what grows. Prints progress to standard error and a report to standard"
                    + " output.",
            "",
            "Faults, one at a time: nodes and clients are killed or frozen, nodes come back with and without their memory,"
                    + " and rarely the master is killed or frozen. Every byte that is read is checked.",
            "",
            "Exit code 1 on wrong bytes, on growth beyond the bounds, or if the store doesn't recover."
        })
public final class Soak implements Callable<Integer> {
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(60);
    private static final int WARM_UP_SHARE = 4;
    private static final long PROGRESS_MILLIS = 10_000;
    /** What ends with the load, after it. */
    private static final long SETTLE_MILLIS = 5_000;

    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "30m", description = "Default ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "In Mooncake's JSONL format. Default: a generated workload.")
    private @Nullable Path trace;

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            defaultValue = "6",
            description = "How much faster than its timestamps say the trace runs. Default ${DEFAULT-VALUE}.")
    private double speed;

    @Option(
            names = "--calm",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Between recovery from a fault and the next one. Default ${DEFAULT-VALUE}.")
    private Duration calm = Duration.ZERO;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "2 or more. Default ${DEFAULT-VALUE}.")
    private int nodes;

    @Option(
            names = "--segment-size",
            paramLabel = "SIZE",
            defaultValue = "32MB",
            description = "Memory of each node; small, so that it is reused all the time. Default ${DEFAULT-VALUE}.")
    private long segmentBytes;

    @Option(
            names = "--block-size",
            paramLabel = "SIZE",
            defaultValue = "64KB",
            description = "Default ${DEFAULT-VALUE}.")
    private long blockBytes;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "Threads of the steady client, and of the one that faults hit. Default ${DEFAULT-VALUE}.")
    private int clients;

    @Option(
            names = "--master-fault-every",
            paramLabel = "N",
            defaultValue = "20",
            description = "One fault in so many hits the master. Default ${DEFAULT-VALUE}.")
    private int masterFaultEvery;

    @Option(names = "--seed", paramLabel = "N", description = "Of the choice of faults. Default: another every time.")
    private long seed = System.nanoTime();

    @Option(
            names = "--heap-growth",
            paramLabel = "SIZE",
            defaultValue = "32MB",
            description = "Default ${DEFAULT-VALUE}.")
    private long heapGrowthBytes;

    @Option(
            names = "--direct-growth",
            paramLabel = "SIZE",
            defaultValue = "32MB",
            description = "Default ${DEFAULT-VALUE}.")
    private long directGrowthBytes;

    @Option(
            names = "--private-growth",
            paramLabel = "SIZE",
            defaultValue = "128MB",
            description = "Of resident memory, the unused heap included. Default ${DEFAULT-VALUE}.")
    private long privateGrowthBytes;

    @Option(names = "--file-growth", paramLabel = "N", defaultValue = "20", description = "Default ${DEFAULT-VALUE}.")
    private long fileGrowth;

    @Option(names = "--thread-growth", paramLabel = "N", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
    private long threadGrowth;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text and exit.")
    private boolean help;

    private final SoakReport report = new SoakReport();
    private long startNanos;

    private Soak() {}

    public static void main(String[] args) {
        int code = new CommandLine(new Soak())
                .registerConverter(Duration.class, DurationText::parse)
                .registerConverter(long.class, ByteSize::parse)
                .execute(args);
        System.exit(code);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SoakOptions options = new SoakOptions(
                duration,
                trace,
                speed,
                calm,
                nodes,
                segmentBytes,
                (int) blockBytes,
                clients,
                masterFaultEvery,
                seed,
                new Footprint(heapGrowthBytes, directGrowthBytes, privateGrowthBytes, fileGrowth, threadGrowth));
        say("seed " + seed);
        startNanos = System.nanoTime();
        try (SoakCluster cluster = new SoakCluster(options)) {
            Thread cleaner = new Thread(cluster::close);
            Runtime.getRuntime().addShutdownHook(cleaner);
            Workload workload = new Workload(cluster.masters(), options.blockBytes(), options.clients(), false);
            try (Replay steady = workload.replay(options.trace(), options.speed(), options.seed())) {
                steady.start();
                run(options, cluster, steady);
            }
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
        return report.isWell() ? 0 : 1;
    }

    private void run(SoakOptions options, SoakCluster cluster, Replay steady) throws IOException, InterruptedException {
        CalmTimes calmTimes = new CalmTimes(steady.tally());
        Random random = new Random(options.seed());
        Inspection client = new Inspection("client", ProcessHandle.current().pid());
        Inspection node = new Inspection("node", cluster.nodes().get(0).pid());
        Inspection master = new Inspection("master", cluster.master().pid());
        Duration warmUp = options.duration().dividedBy(WARM_UP_SHARE);
        pause(warmUp.compareTo(LONGEST_WARM_UP) < 0 ? warmUp : LONGEST_WARM_UP, cluster, steady);
        client.begin();
        node.begin();
        master.begin();
        while (elapsed().compareTo(options.duration()) < 0 && steady.tally().wrongBytes() == 0) {
            Fault fault = Fault.any(random, options.masterFaultEvery());
            say(fault.toString());
            report.happened(fault);
            fault.happen(cluster, random);
            if (fault == Fault.MASTER_KILLED) {
                master = new Inspection("master", cluster.master().pid());
            }
            if (!cluster.awaitAllWell()) {
                report.object("not all nodes came back after " + fault);
                System.err.println(cluster.logs());
                break;
            }
            pause(SoakOptions.RECOVERY, cluster, steady);
            calmTimes.begin();
            pause(options.calm(), cluster, steady);
            calmTimes.end();
            if (!master.begun()) {
                master.begin();
            }
        }
        Duration ran = elapsed();
        steady.stop();
        if (!steady.await(SoakOptions.OPERATION.toSeconds() * 10, TimeUnit.SECONDS)) {
            report.object("the client's threads don't end");
        }
        SoakCluster.pause(SETTLE_MILLIS);
        List<Inspection> inspections = List.of(client, node, master);
        inspections.forEach(Inspection::end);
        report.print(
                System.out,
                ran,
                steady.tally(),
                cluster.victimCounts(),
                calmTimes,
                inspections,
                options.allowedGrowth());
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Lets time pass, and says now and then how it goes. */
    private void pause(Duration time, SoakCluster cluster, Replay steady) throws IOException {
        long endNanos = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis();
                left > 0;
                left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime())) {
            SoakCluster.pause(Math.min(left, PROGRESS_MILLIS));
            Counts all = Counts.of(steady.tally()).plus(cluster.victimCounts());
            say(all.requests() + " requests, " + all.blocks() + " blocks, " + all.hits() + " found, " + all.failed()
                    + " requests failed, " + all.wrongBytes() + " wrong bytes");
        }
    }

    private void say(String text) {
        System.err.println(
                String.format("%5d s  %s", startNanos == 0 ? 0 : elapsed().toSeconds(), text));
    }
}
