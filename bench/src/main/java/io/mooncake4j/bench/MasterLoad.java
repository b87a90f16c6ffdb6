package io.mooncake4j.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Load on a master alone: asks for placements and moves no bytes. Several connections with several requests in flight
 * each, the next of which is made as an answer comes. For {@code bench/run-master}.
 */
public final class MasterLoad implements AutoCloseable {
    private static final int VALUE_BYTES = 64;
    private static final int KEY_BYTES = 24;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final List<RpcClient> connections = new ArrayList<>();
    private final long objects;
    private final LoadTimes times;
    private final MasterGarbage garbage;
    private final Uuid client = Ids.toProto(UUID.randomUUID());
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    /** Objects that are there for sure. */
    private volatile long readable;

    private MasterLoad(String master, int connectionCount, long objects, LoadTimes times, MasterGarbage garbage) {
        this.objects = objects;
        this.times = times;
        this.garbage = garbage;
        for (int i = 0; i < connectionCount; i++) {
            connections.add(RpcClient.create(RpcClientOptions.builder()
                    .addresses(HostPort.parseList(master))
                    .build()));
        }
    }

    /**
     * Arguments: master, its process id, connections, objects to write at least, seconds of warm-up, seconds measured, and
     * any number of operation:keys a call:calls in flight, or steady:keys a call:keys to get a second/keys to put a second.
     */
    public static void main(String[] args) throws InterruptedException, IOException {
        LoadTimes times =
                new LoadTimes(Duration.ofSeconds(Long.parseLong(args[4])), Duration.ofSeconds(Long.parseLong(args[5])));
        try (MasterGarbage garbage = MasterGarbage.of(args[1]);
                MasterLoad load =
                        new MasterLoad(args[0], Integer.parseInt(args[2]), Long.parseLong(args[3]), times, garbage)) {
            for (int i = 6; i < args.length; i++) {
                String[] operation = args[i].split(":", 3);
                int batch = Integer.parseInt(operation[1]);
                if (operation[0].equals("steady")) {
                    String[] rates = operation[2].split("/", 2);
                    load.steady(batch, Double.parseDouble(rates[0]), Double.parseDouble(rates[1]));
                } else {
                    load.run(operation[0], batch, Integer.parseInt(operation[2]));
                }
            }
        }
    }

    private void run(String operation, int batch, int depth) throws InterruptedException {
        readable = written.get();
        Measurement measured = new ClosedLoop(
                        rpc -> switch (operation) {
                            case "put" -> put(rpc, batch);
                            case "get" -> get(rpc, batch);
                            case "exists" -> exists(rpc, batch);
                            default ->
                                throw new IllegalArgumentException(operation + " is not put, get, exists or steady");
                        },
                        garbage::allocatedBytes)
                .run(connections, depth, times, () -> !operation.equals("put") || written.get() >= objects);
        report(operation, batch, measured);
    }

    /** Gets and puts beside each other, each at its rate. */
    private void steady(int batch, double getKeysPerSecond, double putKeysPerSecond) throws InterruptedException {
        readable = written.get();
        SteadyLoad gets = new SteadyLoad(rpc -> get(rpc, batch), getKeysPerSecond / batch);
        SteadyLoad puts = new SteadyLoad(rpc -> put(rpc, batch), putKeysPerSecond / batch);
        Thread getting = gets.start(connections);
        Thread putting = puts.start(connections);
        Thread waiting = new Thread(() -> take(puts.measurement()));
        waiting.start();
        take(gets.measurement());
        for (Thread thread : List.of(getting, putting, waiting)) {
            thread.join();
        }
        for (SteadyLoad load : List.of(gets, puts)) {
            load.measurement().requireSuccess();
        }
        report("steady get", batch, gets.measurement());
        report("steady put", batch, puts.measurement());
    }

    private void take(Measurement measurement) {
        try {
            measurement.take(times, () -> true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("SystemOut")
    private void report(String operation, int batch, Measurement measured) {
        System.out.printf(
                Locale.ROOT,
                "%s,%d,%.0f,%.1f,%.1f,%.1f,%.1f,%d,%.1f%n",
                operation,
                batch,
                measured.keysPerSecond(),
                measured.micros(50),
                measured.micros(99),
                measured.micros(99.9),
                measured.micros(100),
                written.get(),
                measured.allocatedBytesPerKey());
    }

    private CompletableFuture<Integer> put(RpcClient rpc, int batch) {
        AtomicLong next = new AtomicLong(written.getAndAdd(batch));
        Keys keys = keys(batch, next::getAndIncrement);
        PutStartRequest.Builder start = PutStartRequest.newBuilder()
                .setClient(client)
                .setSequence(sequence.incrementAndGet())
                .setKeys(keys)
                .setOptions(PutOptions.newBuilder().setReplicaNum(1));
        for (int i = 0; i < batch; i++) {
            start.addSizes(VALUE_BYTES);
        }
        return rpc.callAsync(Method.PUT_START, start.build(), PutStartResponse.parser(), Deadline.after(PATIENCE))
                .thenCompose(granted -> end(rpc, keys, granted))
                .thenApply(answer -> checked(answer.getStatusList()));
    }

    private CompletableFuture<StatusResponse> end(RpcClient rpc, Keys keys, PutStartResponse granted) {
        checked(granted.getStatusList());
        PutEndRequest.Builder end =
                PutEndRequest.newBuilder().setClient(client).setKeys(keys).addAllGrantIds(granted.getGrantIdsList());
        for (int i = 0; i < keys.getLengthsCount(); i++) {
            end.addPlaced(1).addUnanswered(0).addChecksums(0);
        }
        return rpc.callAsync(Method.PUT_END, end.build(), StatusResponse.parser(), Deadline.after(PATIENCE));
    }

    private CompletableFuture<Integer> get(RpcClient rpc, int batch) {
        GetReplicasRequest request = GetReplicasRequest.newBuilder()
                .setClient(client)
                .setKeys(keys(batch, this::anyWritten))
                .build();
        return rpc.callAsync(Method.GET_REPLICAS, request, ReplicasResponse.parser(), Deadline.after(PATIENCE))
                .thenApply(answer -> checked(answer.getStatusList()));
    }

    private CompletableFuture<Integer> exists(RpcClient rpc, int batch) {
        ExistsRequest request = ExistsRequest.newBuilder()
                .setKeys(keys(batch, this::anyWritten))
                .build();
        return rpc.callAsync(Method.EXISTS, request, ExistsResponse.parser(), Deadline.after(PATIENCE))
                .thenApply(answer -> checked(answer.getStatusList()));
    }

    private long anyWritten() {
        return ThreadLocalRandom.current().nextLong(readable);
    }

    private static int checked(List<Integer> statuses) {
        for (int i = 0; i < statuses.size(); i++) {
            if (statuses.get(i) != 0) {
                throw new IllegalStateException("the master answered " + ErrorCode.of(statuses.get(i)));
            }
        }
        return statuses.size();
    }

    /** Keys of {@value #KEY_BYTES} characters, in no order that hashing could like. */
    private static Keys keys(int count, LongSupplier number) {
        byte[] bytes = new byte[count * KEY_BYTES];
        Keys.Builder keys = Keys.newBuilder();
        int at = 0;
        for (int i = 0; i < count; i++) {
            long seed = number.getAsLong();
            long bits = seed * 0x9E3779B97F4A7C15L;
            for (int digit = 0; digit < KEY_BYTES; digit++) {
                if (digit == Long.BYTES * 2) {
                    bits = seed;
                }
                bytes[at++] = DIGITS[(int) (bits >>> 60)];
                bits <<= digit < Long.BYTES * 2 ? 4 : 8;
            }
            keys.addLengths(KEY_BYTES);
        }
        ByteString wrapped = UnsafeByteOperations.unsafeWrap(bytes);
        return keys.setBytes(wrapped).build();
    }

    @Override
    public void close() {
        connections.forEach(RpcClient::close);
    }
}
