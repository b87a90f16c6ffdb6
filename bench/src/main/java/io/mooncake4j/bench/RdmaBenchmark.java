package io.mooncake4j.bench;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.transfer.settings.SettingSource;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.AccessToken;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Gets and puts of the whole store beside {@code ib_read_bw} and {@code ib_write_bw} on the same device, in turn, and what the
 * transport allocates and copies. Arguments: device, its address, rounds, values a measurement, seconds of warm-up, then clients,
 * each of which is measured once a round: settings as in the environment, beside it {@code keys=N} a call, with commas between
 * them. Prints rows of a Markdown table.
 */
public final class RdmaBenchmark {
    private static final int VALUE_BYTES = 1 << 20;
    private static final int MOST_KEYS = 16;
    /** Share of the time that may go into compilation when it is warm. */
    private static final double COMPILING = 0.03;

    private final String device;
    private final String address;
    private final int rounds;
    private final int values;

    private RdmaBenchmark(String device, String address, int rounds, int values) {
        this.device = device;
        this.address = address;
        this.rounds = rounds;
        this.values = values;
    }

    private interface Speed {
        double of(WholeStore store) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        RdmaBenchmark benchmark =
                new RdmaBenchmark(args[0], args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        List<String> names = List.of(args).subList(5, args.length);
        List<WholeStore> stores = new ArrayList<>();
        try {
            for (String name : names) {
                stores.add(store(name));
            }
            stores.get(0).prepare(benchmark.values);
            benchmark.warmUp(stores, TimeUnit.SECONDS.toNanos(Long.parseLong(args[4])));
            benchmark.compare("get", names, stores, store -> store.get(benchmark.values), "ib_read_bw");
            benchmark.compare("put", names, stores, store -> store.put(benchmark.values), "ib_write_bw");
        } finally {
            stores.forEach(WholeStore::close);
        }
        benchmark.count();
    }

    private static WholeStore store(String name) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        int keys = MOST_KEYS;
        for (String word : name.split(",", -1)) {
            String[] parts = word.split("=", 2);
            if (parts[0].equals("keys")) {
                keys = Integer.parseInt(parts[1]);
            } else {
                environment.put(parts[0], parts[1]);
            }
        }
        Settings settings = Settings.resolve(ClientSettings.ALL, List.of(SettingSource.environment(environment)));
        return new WholeStore(ClientSettings.builder(settings).build(), VALUE_BYTES, keys);
    }

    /** For that time at least, and until all goes by RDMA and the compiler has hardly anything left to do. */
    private void warmUp(List<WholeStore> stores, long nanos) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long startNanos = System.nanoTime();
        boolean warm = false;
        while (!warm || System.nanoTime() - startNanos < nanos) {
            long compiledMillis = compiler.getTotalCompilationTime();
            long beganNanos = System.nanoTime();
            boolean byRdma = true;
            for (WholeStore store : stores) {
                byRdma &= !Double.isNaN(store.get(MOST_KEYS)) && !Double.isNaN(store.put(MOST_KEYS));
            }
            long now = System.nanoTime();
            double compiling = (compiler.getTotalCompilationTime() - compiledMillis) * 1e6 / (now - beganNanos);
            warm = byRdma && compiling < COMPILING;
            progress(String.format(
                    Locale.ROOT,
                    "warming up, %d s, %.0f %% of it compiling%s",
                    TimeUnit.NANOSECONDS.toSeconds(now - startNanos),
                    100 * compiling,
                    byRdma ? "" : ", not all by RDMA"));
            if (now - startNanos > 5 * nanos) {
                throw new IllegalStateException("not warm after " + TimeUnit.NANOSECONDS.toSeconds(5 * nanos) + " s");
            }
        }
    }

    private void compare(String operation, List<String> names, List<WholeStore> stores, Speed ours, String program)
            throws Exception {
        Perftest perftest = new Perftest(program, device, address, VALUE_BYTES, values);
        double[] deviceSpeeds = new double[rounds];
        double[][] speeds = new double[stores.size()][rounds];
        double[][] ratios = new double[stores.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            deviceSpeeds[round] = perftest.mebibytesPerSecond();
            for (int i = 0; i < stores.size(); i++) {
                speeds[i][round] = ours.of(stores.get(i));
                if (Double.isNaN(speeds[i][round])) {
                    throw new IllegalStateException(operation + ": some bytes went over TCP");
                }
                ratios[i][round] = speeds[i][round] / deviceSpeeds[round];
            }
            progress(operation + ", round " + (round + 1) + " of " + rounds + ": " + program + " "
                    + Math.round(deviceSpeeds[round]) + " MiB/s");
        }
        for (int i = 0; i < stores.size(); i++) {
            Arrays.sort(ratios[i]);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %d | %.1f | %.1f | %.2f | %.2f to %.2f |%n",
                    device,
                    operation,
                    names.get(i).replace(",", ", "),
                    rounds,
                    median(speeds[i]),
                    median(deviceSpeeds),
                    median(ratios[i]),
                    ratios[i][0],
                    ratios[i][rounds - 1]);
        }
    }

    private void count() throws Exception {
        try (RdmaGarbage garbage = new RdmaGarbage(device, address, VALUE_BYTES)) {
            for (AccessToken.Mode mode : AccessToken.Mode.values()) {
                RdmaGarbage.Counts counts = garbage.count(mode);
                System.out.printf(
                        Locale.ROOT,
                        "# %s, %s of 1 MiB by the transport alone: %.1f ms and %.1f bytes of heap a request, %d of %d payload"
                                + " bytes copied%n",
                        device,
                        mode.name().toLowerCase(Locale.ROOT),
                        counts.millis(),
                        counts.heapBytes(),
                        counts.copiedBytes(),
                        counts.movedBytes());
            }
        }
    }

    private void progress(String text) {
        System.out.println("> " + device + ": " + text);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
