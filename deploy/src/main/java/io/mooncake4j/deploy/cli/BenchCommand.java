package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cli.Converters.Bytes;
import io.mooncake4j.deploy.load.Bench;
import io.mooncake4j.deploy.load.BenchOptions;
import io.mooncake4j.deploy.load.BenchOptions.Operation;
import io.mooncake4j.deploy.load.BenchResult;
import io.mooncake4j.deploy.load.CpuClock;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench}. */
@Command(
        name = "bench",
        description = {
            "Measure puts and gets: throughput, rate, latency and CPU time.",
            "Puts make new keys all the time, so a long run also measures eviction. Gets go round a set of keys."
                    + " Latency is that of a call, which moves a whole batch. GB/s are 10^9 bytes a second."
        },
        footer = {
            "  mooncake4j bench --size 1MB --batch 32",
            "  mooncake4j bench get --size 4KB --threads 1 --duration 10s"
        })
final class BenchCommand extends StoreCommand {
    private static final long GET_SET_BYTES = 256L << 20;
    private static final int GET_SET_KEYS = 10_000;

    @Parameters(paramLabel = "OPERATION", arity = "0..2", description = "put, get, or both. Default: both.")
    private List<Operation> operations = List.of(Operation.PUT, Operation.GET);

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1MB",
            description = "Size of every value. Default ${DEFAULT-VALUE}.")
    private Bytes size = new Bytes(0);

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Keys a call. Default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--keys",
            paramLabel = "N",
            description = "Keys that gets go round. Default: as many as make 256 MB or a quarter of the store, 10000 at"
                    + " most.")
    private @Nullable Integer keys;

    @Option(
            names = "--warmup",
            paramLabel = "DURATION",
            defaultValue = "5s",
            description = "Run so long before measuring. Default ${DEFAULT-VALUE}.")
    private Duration warmup = Duration.ZERO;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "Measure so long. Default ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--check-every",
            paramLabel = "N",
            defaultValue = "64",
            description = "Check every byte of one get call in N; 1 checks all. Default ${DEFAULT-VALUE}.")
    private int checkEvery;

    @Option(
            names = "--cpu-of",
            paramLabel = "PID",
            split = ",",
            description = "Also show CPU seconds a GB of these processes together, such as the nodes.")
    private List<Long> pids = List.of();

    @Option(names = "--csv", description = "Print comma-separated values without a header, times in microseconds.")
    private boolean csv;

    BenchCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) throws Exception {
        if (threads < 1 || batch < 1 || checkEvery < 1 || size.count() < 1 || size.count() > 1 << 30) {
            throw wrong("--threads, --batch and --check-every must be at least 1, --size from 1 to 1GB");
        }
        TextTable table = new TextTable(
                "operation",
                "size",
                "threads",
                "batch",
                "GB/s",
                "keys/s",
                "p50",
                "p90",
                "p99",
                "client s/GB",
                "node s/GB");
        boolean well = true;
        for (Operation operation : operations) {
            well &= measure(settings, operation, table);
        }
        if (!csv && !json) {
            table.print(console.out());
        }
        return well ? ExitCode.DONE : ExitCode.FAILED;
    }

    private boolean measure(Settings settings, Operation operation, TextTable table) throws InterruptedException {
        String prefix = "bench-" + Long.toString(System.nanoTime(), 36) + "/";
        int blockBytes = (int) size.count();
        int keySet = keys != null ? keys : keySet(settings, blockBytes);
        BenchOptions options =
                new BenchOptions(operation, blockBytes, threads, batch, keySet, warmup, duration, checkEvery, prefix);
        List<Double> client = new ArrayList<>();
        List<Double> nodes = new ArrayList<>();
        BenchResult result;
        try (ProgressLine progress = new ProgressLine(console);
                Bench bench = new Bench(options, () -> Clients.openBlocks(settings, batch, blockBytes))) {
            progress.show("measuring " + name(operation) + " for "
                    + warmup.plus(duration).toSeconds() + " s");
            if (operation == Operation.GET) {
                bench.prepare();
            }
            result = bench.run(() -> {
                client.add(cpuSeconds(List.of(ProcessHandle.current().pid())));
                nodes.add(cpuSeconds(pids));
            });
        }
        try (MooncakeClient cleaner = Clients.open(settings)) {
            cleaner.removeByRegex("^" + prefix);
        }
        double gigabytes = result.bytes() / 1e9;
        print(
                operation,
                result,
                (client.get(1) - client.get(0)) / gigabytes,
                (nodes.get(1) - nodes.get(0)) / gigabytes,
                table);
        if (result.failed() > 0 || result.wrongBytes() > 0) {
            console.err()
                    .println("mooncake4j bench: " + name(operation) + ": " + result.failed() + " calls failed ("
                            + result.firstFailure() + "), wrong bytes: " + result.wrongBytes());
            return false;
        }
        return true;
    }

    /** Few enough to stay in the store, and at least one batch for every thread. */
    private int keySet(Settings settings, int blockBytes) {
        try (MooncakeClient client = Clients.open(settings)) {
            long bytes = Math.min(GET_SET_BYTES, Clients.capacityBytes(client.clusterStatus()) / 4);
            return (int) Math.max((long) batch * threads, Math.min(GET_SET_KEYS, bytes / blockBytes));
        }
    }

    private static double cpuSeconds(List<Long> pids) {
        double sum = 0;
        for (long pid : pids) {
            try {
                sum += CpuClock.seconds(pid);
            } catch (IOException e) {
                throw new UncheckedIOException("no CPU time of process " + pid, e);
            }
        }
        return sum;
    }

    private void print(Operation operation, BenchResult result, double clientCpu, double nodeCpu, TextTable table) {
        Histogram nanos = result.callNanos();
        if (json) {
            new Fields()
                    .with("operation", name(operation))
                    .with("size_bytes", size.count())
                    .with("threads", threads)
                    .with("batch", batch)
                    .with("bytes_per_second", result.gigabytesPerSecond() * 1e9)
                    .with("keys_per_second", result.keysPerSecond())
                    .with("call_p50_us", nanos.getValueAtPercentile(50) / 1e3)
                    .with("call_p90_us", nanos.getValueAtPercentile(90) / 1e3)
                    .with("call_p99_us", nanos.getValueAtPercentile(99) / 1e3)
                    .with("client_cpu_seconds_per_gb", clientCpu)
                    .with("node_cpu_seconds_per_gb", pids.isEmpty() ? null : nodeCpu)
                    .with("failed_calls", result.failed())
                    .with("wrong_bytes", result.wrongBytes())
                    .print(console.out());
            return;
        }
        if (csv) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s,%d,%d,%d,%.3f,%.0f,%.1f,%.1f,%.1f,%.3f,%.3f%n",
                            name(operation),
                            size.count(),
                            threads,
                            batch,
                            result.gigabytesPerSecond(),
                            result.keysPerSecond(),
                            nanos.getValueAtPercentile(50) / 1e3,
                            nanos.getValueAtPercentile(90) / 1e3,
                            nanos.getValueAtPercentile(99) / 1e3,
                            clientCpu,
                            nodeCpu);
            return;
        }
        table.row(
                name(operation),
                size.toString(),
                Integer.toString(threads),
                Integer.toString(batch),
                String.format(Locale.ROOT, "%.2f", result.gigabytesPerSecond()),
                String.format(Locale.ROOT, "%,.0f", result.keysPerSecond()),
                Figures.percentile(nanos, 50),
                Figures.percentile(nanos, 90),
                Figures.percentile(nanos, 99),
                String.format(Locale.ROOT, "%.2f", clientCpu),
                pids.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", nodeCpu));
    }

    private static String name(Operation operation) {
        return operation.name().toLowerCase(Locale.ROOT);
    }
}
