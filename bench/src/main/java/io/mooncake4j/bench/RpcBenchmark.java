package io.mooncake4j.bench;

import com.google.protobuf.ByteString;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Control calls over loopback, client and server in one process: an echo of about 150 bytes. */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(1)
public class RpcBenchmark {
    private static final int DEPTH = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Param({"true", "false"})
    public boolean nativeTransport;

    private final ExistsRequest request = ExistsRequest.newBuilder()
            .setTenant("default")
            .setKeys(Keys.newBuilder()
                    .setBytes(ByteString.copyFrom(new byte[130]))
                    .addLengths(130))
            .build();
    private final CompletableFuture<?>[] inFlight = new CompletableFuture<?>[DEPTH];

    @SuppressWarnings("NullAway.Init") // by start()
    private RpcServer server;

    @SuppressWarnings("NullAway.Init") // by start()
    private RpcClient client;

    @Setup
    public void start() {
        server = RpcServer.start(
                RpcServerOptions.builder()
                        .bindHost("127.0.0.1")
                        .port(0)
                        .threads(1)
                        .nativeTransport(nativeTransport)
                        .build(),
                RpcBenchmark::echo);
        client = RpcClient.create(RpcClientOptions.builder()
                .addresses(List.of(new HostPort("127.0.0.1", server.port())))
                .nativeTransport(nativeTransport)
                .build());
    }

    private static void echo(RpcCall call) {
        call.reply(call.parse(ExistsRequest.parser()));
    }

    @TearDown
    public void stop() {
        client.close();
        server.close();
    }

    /** One thread, one call at a time. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public ExistsRequest syncCall() {
        return client.call(Method.EXISTS, request, ExistsRequest.parser(), Deadline.after(PATIENCE));
    }

    /** One thread, {@value #DEPTH} calls at a time. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OperationsPerInvocation(DEPTH)
    public void pipelinedCalls() {
        for (int i = 0; i < DEPTH; i++) {
            inFlight[i] = client.callAsync(Method.EXISTS, request, ExistsRequest.parser(), Deadline.after(PATIENCE));
        }
        CompletableFuture.allOf(inFlight).join();
    }
}
