package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.sun.management.ThreadMXBean;
import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.CoreFixture;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.rpc.RpcServer;
import io.mooncake4j.transfer.rpc.RpcServerOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadCallsTest {
    private static final UUID ALICE = new UUID(9, 1);
    private static final int BATCH = 128;
    private static final int ROUNDS = 300;
    private static final double MOST_BYTES_PER_KEY = 64;

    private final CoreFixture fixture = new CoreFixture();
    private volatile Runnable whenProven = () -> {};
    private volatile long serverThread;

    private final MasterService service = new MasterService(
            fixture.core,
            new CallMeters(),
            new Leadership() {
                @Override
                public boolean holds() {
                    return true;
                }

                @Override
                public long provenNanos(long nowNanos) {
                    whenProven.run();
                    return nowNanos;
                }
            },
            fixture::now,
            Runnable::run);
    private final RpcServer server = RpcServer.start(
            RpcServerOptions.builder().bindHost("127.0.0.1").port(0).threads(1).build(), call -> {
                serverThread = Thread.currentThread().getId();
                service.handle(call);
            });
    private final RpcClient rpc = RpcClient.create(RpcClientOptions.builder()
            .addresses(HostPort.parseList("127.0.0.1:" + server.port()))
            .build());

    @AfterEach
    void stop() {
        rpc.close();
        server.close();
    }

    private <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser) {
        return rpc.call(method, request, parser, Deadline.after(Duration.ofSeconds(20)));
    }

    private ReplicasResponse get(List<String> keys) {
        GetReplicasRequest request = GetReplicasRequest.newBuilder()
                .setClient(Ids.toProto(ALICE))
                .setKeys(KeyColumn.of(keys).toProto())
                .build();
        return call(Method.GET_REPLICAS, request, ReplicasResponse.parser());
    }

    private ExistsResponse exists(List<String> keys) {
        ExistsRequest request =
                ExistsRequest.newBuilder().setKeys(KeyColumn.of(keys).toProto()).build();
        return call(Method.EXISTS, request, ExistsResponse.parser());
    }

    @Test
    void shouldKeepLeaseAsLongAsItSaidWhenLeasesAreShortenedMeanwhile() {
        fixture.mount("n1", 1 << 20);
        fixture.put(ALICE, "k", 1000);
        whenProven = () -> fixture.core.shortenLeases(TimeUnit.SECONDS.toNanos(1));
        ReplicasResponse told = get(List.of("k"));
        assertThat(told.getLeaseMs()).isEqualTo(5000);
        fixture.remove("k");
        fixture.passAlive(Duration.ofMillis(told.getLeaseMs() - 100));
        assertThat(fixture.usedBytes()).as("memory that may still be read").isPositive();
        fixture.passAlive(Duration.ofMillis(1000));
        assertThat(fixture.usedBytes()).isZero();
    }

    @Test
    void shouldMakeLittleGarbageWhenBatchesAreRead() {
        fixture.mount("n1", 1 << 20);
        fixture.mount("n2", 1 << 20);
        List<String> keys = IntStream.range(0, BATCH)
                .mapToObj(i -> "model/llama-3-70b/block-" + i)
                .toList();
        for (String key : keys) {
            assertThat(fixture.put(ALICE, key, 1000)).isEqualTo(ErrorCode.OK);
        }
        assertThat(garbagePerKey(() -> assertThat(get(keys).getObjectIdsList()).doesNotContain(0L)))
                .as("bytes of garbage for a key that is read")
                .isLessThan(MOST_BYTES_PER_KEY);
        assertThat(garbagePerKey(() -> assertThat(exists(keys).getSizesList()).containsOnly(1000L)))
                .as("bytes of garbage for a key that is asked for")
                .isLessThan(MOST_BYTES_PER_KEY);
    }

    /** Of the server's thread, frames included. */
    private double garbagePerKey(Runnable batch) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) {
            batch.run();
        }
        long before = threads.getThreadAllocatedBytes(serverThread);
        for (int i = 0; i < ROUNDS; i++) {
            batch.run();
        }
        long bytes = threads.getThreadAllocatedBytes(serverThread) - before;
        assertThat(bytes).as("allocation is measured").isPositive();
        return bytes / (double) ROUNDS / BATCH;
    }
}
