package io.mooncake4j.bench;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferEngine;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.tcp.TcpDataServer;
import io.mooncake4j.transfer.tcp.TcpServerOptions;
import io.mooncake4j.transfer.tcp.TcpTransport;
import io.mooncake4j.transfer.tcp.TcpTransportOptions;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * The transfer engine over TCP on loopback, beside one iperf3 stream in the same rounds: other load on the machine
 * then weighs on both. Arguments: rounds, seconds a measurement, both optional. Prints the median of the rounds.
 */
public final class TransferBenchmark implements AutoCloseable {
    private static final int MIB = 1 << 20;
    private static final int REGION_BYTES = 256 * MIB;

    private record Case(String name, AccessToken.Mode mode, int opBytes, int batch) {}

    private static final List<Case> CASES = List.of(
            new Case("read 4 KiB", AccessToken.Mode.READ, 4096, 1),
            new Case("write 4 KiB", AccessToken.Mode.WRITE, 4096, 1),
            new Case("read 32 x 4 KiB", AccessToken.Mode.READ, 4096, 32),
            new Case("read 32 x 64 KiB", AccessToken.Mode.READ, 64 << 10, 32),
            new Case("read 1 MiB", AccessToken.Mode.READ, MIB, 1),
            new Case("read 32 x 1 MiB", AccessToken.Mode.READ, MIB, 32),
            new Case("write 32 x 1 MiB", AccessToken.Mode.WRITE, MIB, 32));

    private final UUID segment = UUID.randomUUID();
    private final UUID client = UUID.randomUUID();
    private final Epoch epoch = new Epoch(UUID.randomUUID(), 1);
    private final SealKey key = SealKey.derive("benchmark".getBytes(StandardCharsets.UTF_8), segment, epoch);
    private final TcpDataServer server;
    private final TransferEngine engine;
    private final ByteBuffer local = ByteBuffer.allocateDirect(32 * MIB);

    private TransferBenchmark() throws IOException {
        ByteBuffer memory = ByteBuffer.allocateDirect(REGION_BYTES);
        for (int i = 0; i < REGION_BYTES; i += 4096) {
            memory.put(i, (byte) i);
        }
        for (int i = 0; i < local.capacity(); i += 4096) {
            local.put(i, (byte) i);
        }
        Regions regions = new Regions() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public ByteBuffer region(int index) {
                return memory;
            }
        };
        AccessGate gate = new AccessGate(regions, segment, 1, SafetyRules.ALL);
        long now = System.nanoTime();
        gate.adopt(epoch, key, now, now, now);
        server = TcpDataServer.start(
                TcpServerOptions.of("127.0.0.1", 0), regions, gate, new SessionTable(SafetyRules.ALL), AccessHook.NONE);
        engine = new TransferEngine(List.of(new TcpTransport(TcpTransportOptions.DEFAULT)), 2);
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 2;
        try (TransferBenchmark benchmark = new TransferBenchmark()) {
            benchmark.run(rounds, seconds);
        }
    }

    private void run(int rounds, double seconds) throws IOException, InterruptedException {
        double[] iperf = new double[rounds];
        double[][] gigabytes = new double[CASES.size()][rounds];
        Histogram[] latencies = new Histogram[CASES.size()];
        for (int c = 0; c < CASES.size(); c++) {
            latencies[c] = new Histogram(3);
            measure(CASES.get(c), seconds, new Histogram(3)); // warm-up
        }
        for (int round = 0; round < rounds; round++) {
            iperf[round] = iperf3(seconds);
            for (int c = 0; c < CASES.size(); c++) {
                gigabytes[c][round] = measure(CASES.get(c), seconds, latencies[c]);
            }
        }
        double stream = median(iperf);
        System.out.printf(Locale.ROOT, "%-18s %8.2f GB/s%n", "iperf3 -l 1M", stream);
        for (int c = 0; c < CASES.size(); c++) {
            double[] ratios = gigabytes[c].clone();
            for (int round = 0; round < rounds; round++) {
                ratios[round] /= iperf[round];
            }
            Histogram latency = latencies[c];
            System.out.printf(
                    Locale.ROOT,
                    "%-18s %8.2f GB/s  %5.2f x iperf3   p50 %8.1f  p90 %8.1f  p99 %8.1f us%n",
                    CASES.get(c).name(),
                    median(gigabytes[c]),
                    median(ratios),
                    latency.getValueAtPercentile(50) / 1e3,
                    latency.getValueAtPercentile(90) / 1e3,
                    latency.getValueAtPercentile(99) / 1e3);
        }
    }

    /** Returns GB/s; adds a call's nanoseconds to the histogram. */
    private double measure(Case what, double seconds, Histogram nanos) {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long bytes = 0;
        long at = 0;
        for (long now = start; now < end; ) {
            SegmentTransfer transfer = transfer(what, at);
            at = (at + (long) what.opBytes * what.batch) % REGION_BYTES;
            long begin = System.nanoTime();
            engine.run(List.of(transfer), Deadline.after(Duration.ofSeconds(10)));
            now = System.nanoTime();
            nanos.recordValue(now - begin);
            for (TransferOp op : transfer.ops()) {
                if (op.outcome() != TransferOp.Outcome.DONE) {
                    throw new IllegalStateException(what + ": " + op.outcome() + " " + op.detail());
                }
            }
            bytes += (long) what.opBytes * what.batch;
        }
        return bytes / (double) (System.nanoTime() - start);
    }

    private SegmentTransfer transfer(Case what, long at) {
        int[] regions = new int[what.batch];
        long[] offsets = new long[what.batch];
        long[] lengths = new long[what.batch];
        List<TransferOp> ops = new ArrayList<>(what.batch);
        for (int i = 0; i < what.batch; i++) {
            offsets[i] = (at + (long) i * what.opBytes) % REGION_BYTES;
            lengths[i] = what.opBytes;
            int localAt = (int) ((long) i * what.opBytes % local.capacity());
            ops.add(new TransferOp(i, 0, local.slice(localAt, what.opBytes)));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        AccessToken token = new AccessToken(
                        what.mode, segment, 1, epoch, client, 1, deadline, regions, offsets, lengths, new byte[16])
                .sealedBy(key);
        return new SegmentTransfer(new SegmentTarget("bench", "127.0.0.1", server.port(), token), ops);
    }

    /** GB/s of one stream. */
    private static double iperf3(double seconds) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process listener = new ProcessBuilder("iperf3", "-s", "-1", "-p", "" + port, "--forceflush").start();
        try (BufferedReader lines = listener.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.contains("listening")) {
                line = lines.readLine();
            }
            Process sender = new ProcessBuilder(
                            "iperf3",
                            "-c",
                            "127.0.0.1",
                            "-p",
                            "" + port,
                            "-l",
                            "1M",
                            "-J",
                            "-t",
                            "" + (int) Math.ceil(seconds))
                    .start();
            String report = new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher received = Pattern.compile(
                            "\"sum_received\":.*?\"bits_per_second\":\\s*([0-9.e+]+)", Pattern.DOTALL)
                    .matcher(report);
            if (!received.find()) {
                throw new IOException("iperf3 reported: " + report);
            }
            return Double.parseDouble(received.group(1)) / 8e9;
        } finally {
            listener.destroy();
            listener.waitFor();
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        engine.close();
        server.close();
    }
}
