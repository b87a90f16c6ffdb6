package io.mooncake4j.bench;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a batch costs on the wire's two sides: the request of a get, and its answer with one extent a key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class CodecBenchmark {
    @Param({"1", "32"})
    public int batch;

    private final UUID clientId = UUID.randomUUID();
    private final ByteBuffer direct = ByteBuffer.allocateDirect(64 << 10);
    private final List<String> keys = new ArrayList<>();
    private byte[] encodedRequest = {};
    private ReplicasResponse answer = ReplicasResponse.getDefaultInstance();
    private byte[] encodedAnswer = {};

    @Setup
    public void prepare() {
        Placements.Builder placements = Placements.newBuilder();
        ReplicasResponse.Builder replicas = ReplicasResponse.newBuilder().setLeaseMs(5000);
        for (int i = 0; i < batch; i++) {
            keys.add("model/layer-" + i + "/block-" + UUID.randomUUID());
            replicas.addStatus(0).addObjectIds(i).addSizes(1 << 20).addChecksums(1L << 40);
            placements.addReplicasPerKey(1).addExtentsPerReplica(1).addExtentSegment(0);
            placements.addExtentRegion(3).addExtentOffset((long) i << 20).addExtentLength(1 << 20);
        }
        answer = replicas.setPlacements(placements).build();
        encodedAnswer = answer.toByteArray();
        encodedRequest = request().toByteArray();
    }

    private GetReplicasRequest request() {
        return GetReplicasRequest.newBuilder()
                .setClient(Ids.toProto(clientId))
                .setTenant("default")
                .setKeys(KeyColumn.of(keys).toProto())
                .build();
    }

    /** From keys to bytes in a direct buffer. */
    @Benchmark
    public int encodeRequest() throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(direct.clear());
        request().writeTo(out);
        out.flush();
        return direct.position();
    }

    /** From bytes to keys that can be looked up. */
    @Benchmark
    public KeyColumn decodeRequest() throws InvalidProtocolBufferException {
        return KeyColumn.of(GetReplicasRequest.parseFrom(encodedRequest).getKeys());
    }

    @Benchmark
    public int encodeAnswer() throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(direct.clear());
        answer.writeTo(out);
        out.flush();
        return direct.position();
    }

    @Benchmark
    public ReplicasResponse decodeAnswer() throws InvalidProtocolBufferException {
        return ReplicasResponse.parseFrom(encodedAnswer);
    }
}
