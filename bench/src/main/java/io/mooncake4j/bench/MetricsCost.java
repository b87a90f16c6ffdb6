package io.mooncake4j.bench;

import com.google.protobuf.ByteString;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientMetrics;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.rpc.RpcObserver;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * What counting costs, with it and without it in turn in one process: the port of a master, where each request is answered at
 * once and so the share of counting is the largest there can be, and gets of a client, whose metrics go to a Prometheus registry.
 * Argument: rounds. Prints rows of a Markdown table.
 */
public final class MetricsCost {
    private static final long ROUND_NANOS = 100_000_000L;
    private static final int WARM_UPS = 30;
    private static final int COUNTED = 20_000_000;
    private static final int IN_FLIGHT = 64;
    private static final int GETS_AT_ONCE = 64;
    private static final int VALUE_BYTES = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HOST = "127.0.0.1";

    private MetricsCost() {}

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        requests(rounds);
        gets(rounds);
    }

    private static void requests(int rounds) {
        LatencyHistogram times = new LatencyHistogram();
        LongAdder failures = new LongAdder();
        LongAdder keys = new LongAdder();
        LongAdder hits = new LongAdder();
        RpcObserver counting = (method, nanos, failed) -> {
            times.record(nanos);
            failures.add(failed ? 1 : 0);
            keys.increment();
            hits.increment();
        };
        try (Echo without = new Echo(RpcObserver.NONE);
                Echo with = new Echo(counting)) {
            compare("requests at the port of a master, 64 in flight", rounds, without::calls, with::calls);
        }
        long startNanos = System.nanoTime();
        for (int i = 0; i < COUNTED; i++) {
            counting.answered(Method.EXISTS, i & 0xffff, false);
        }
        System.out.printf(
                Locale.ROOT, "# to count a request: %.0f ns%n", (double) (System.nanoTime() - startNanos) / COUNTED);
    }

    private static void gets(int rounds) {
        try (MasterServer master = MasterServer.start(MasterOptions.defaults().withAddress(HOST, 0));
                StorageNode node = StorageNode.start(NodeOptions.builder()
                        .masters(HOST + ":" + master.port())
                        .name("node")
                        .host(HOST)
                        .dataPort(0)
                        .segmentBytes(64 << 20)
                        .memory(MemoryKind.anonymous())
                        .onStop(OnStop.LEAVE)
                        .build());
                MooncakeClient plain = client(master);
                MooncakeClient measured = client(master)) {
            if (!node.awaitMounted(PATIENCE)) {
                throw new IllegalStateException("the node was not mounted");
            }
            new MooncakeClientMetrics(measured).bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
            plain.put("key", new byte[VALUE_BYTES]);
            compare("gets of 4 KiB by a client, one thread", rounds, () -> gets(plain), () -> gets(measured));
        }
    }

    private static MooncakeClient client(MasterServer master) {
        return MooncakeClient.builder()
                .masters(HOST + ":" + master.port())
                .localBufferBytes(4 << 20)
                .build();
    }

    private static int gets(MooncakeClient client) {
        for (int i = 0; i < GETS_AT_ONCE; i++) {
            if (client.get("key").isEmpty()) {
                throw new IllegalStateException("the value is gone");
            }
        }
        return GETS_AT_ONCE;
    }

    /** Does some of it, and says how many. */
    private interface Work {
        int doSome();
    }

    private static double perSecond(Work work) {
        long startNanos = System.nanoTime();
        long done = 0;
        long tookNanos;
        do {
            done += work.doSome();
            tookNanos = System.nanoTime() - startNanos;
        } while (tookNanos < ROUND_NANOS);
        return done * 1e9 / tookNanos;
    }

    /** Who is first changes from round to round. */
    private static void compare(String what, int rounds, Work without, Work with) {
        double[] speeds = new double[rounds];
        double[] ratios = new double[rounds];
        for (int i = -WARM_UPS; i < rounds; i++) {
            boolean first = i % 2 == 0;
            double one = perSecond(first ? without : with);
            double other = perSecond(first ? with : without);
            if (i >= 0) {
                speeds[i] = first ? one : other;
                ratios[i] = first ? other / one : one / other;
            }
        }
        Arrays.sort(speeds);
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.0f | %.3f | %.3f to %.3f | %.3f to %.3f |%n",
                what,
                rounds,
                speeds[rounds / 2],
                ratios[rounds / 2],
                ratios[rounds / 4],
                ratios[rounds - 1 - rounds / 4],
                ratios[0],
                ratios[rounds - 1]);
    }

    /** A port that answers each request by itself, and one who calls it. */
    private static final class Echo implements AutoCloseable {
        private final ExistsRequest request = ExistsRequest.newBuilder()
                .setKeys(Keys.newBuilder()
                        .setBytes(ByteString.copyFrom(new byte[130]))
                        .addLengths(130))
                .build();
        private final CompletableFuture<?>[] inFlight = new CompletableFuture<?>[IN_FLIGHT];
        private final RpcServer server;
        private final RpcClient client;

        Echo(RpcObserver observer) {
            server = RpcServer.start(
                    RpcServerOptions.builder()
                            .bindHost(HOST)
                            .port(0)
                            .threads(1)
                            .observer(observer)
                            .build(),
                    call -> call.reply(call.parse(ExistsRequest.parser())));
            client = RpcClient.create(RpcClientOptions.builder()
                    .addresses(List.of(new HostPort(HOST, server.port())))
                    .build());
        }

        int calls() {
            for (int i = 0; i < IN_FLIGHT; i++) {
                inFlight[i] =
                        client.callAsync(Method.EXISTS, request, ExistsRequest.parser(), Deadline.after(PATIENCE));
            }
            CompletableFuture.allOf(inFlight).join();
            return IN_FLIGHT;
        }

        @Override
        public void close() {
            client.close();
            server.close();
        }
    }
}
