package io.mooncake4j.bench;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.wire.AccessToken;
import java.util.Arrays;
import java.util.Locale;

/**
 * Gets and puts of the whole store beside {@code ib_read_bw} and {@code ib_write_bw} on the same device, in turn, and what the
 * transport allocates and copies. The client's settings are the environment's. Arguments: device, its address, pairs, values a
 * measurement, keys a call. Prints rows of a Markdown table.
 */
public final class RdmaBenchmark {
    private static final int VALUE_BYTES = 1 << 20;
    private static final int WARM_UPS = 2;

    private final String device;
    private final String address;
    private final int pairs;
    private final int values;

    private RdmaBenchmark(String device, String address, int pairs, int values) {
        this.device = device;
        this.address = address;
        this.pairs = pairs;
        this.values = values;
    }

    private interface Speed {
        double mebibytesPerSecond() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        RdmaBenchmark benchmark =
                new RdmaBenchmark(args[0], args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        int batch = Integer.parseInt(args[4]);
        try (WholeStore store = new WholeStore(MooncakeClient.fromEnvironment(), VALUE_BYTES, batch)) {
            store.prepare(benchmark.values);
            benchmark.compare("get", () -> store.get(benchmark.values), "ib_read_bw");
            benchmark.compare("put", () -> store.put(benchmark.values), "ib_write_bw");
        }
        benchmark.count();
    }

    private void compare(String operation, Speed ours, String program) throws Exception {
        Perftest perftest = new Perftest(program, device, address, VALUE_BYTES, values);
        for (int i = 0; i < WARM_UPS; i++) {
            ours.mebibytesPerSecond();
        }
        double[] speeds = new double[pairs];
        double[] deviceSpeeds = new double[pairs];
        double[] ratios = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            deviceSpeeds[i] = perftest.mebibytesPerSecond();
            speeds[i] = ours.mebibytesPerSecond();
            ratios[i] = speeds[i] / deviceSpeeds[i];
        }
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %d | %.1f | %.1f | %.2f | %.2f to %.2f |%n",
                device,
                operation,
                pairs,
                median(speeds),
                median(deviceSpeeds),
                median(ratios),
                ratios[0],
                ratios[pairs - 1]);
    }

    private void count() throws Exception {
        try (RdmaGarbage garbage = new RdmaGarbage(device, address, VALUE_BYTES)) {
            for (AccessToken.Mode mode : AccessToken.Mode.values()) {
                RdmaGarbage.Counts counts = garbage.count(mode);
                System.out.printf(
                        Locale.ROOT,
                        "# %s, %s of 1 MiB: %.1f bytes of heap a request, %d of %d payload bytes copied%n",
                        device,
                        mode.name().toLowerCase(Locale.ROOT),
                        counts.heapBytes(),
                        counts.copiedBytes(),
                        counts.movedBytes());
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
