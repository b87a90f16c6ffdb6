package io.mooncake4j.deploy.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.ClusterPlan;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.RemoveRequest;
import io.mooncake4j.transfer.wire.proto.RenewGrantRequest;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import io.mooncake4j.transfer.wire.proto.RenewLeaseRequest;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.ReportCorruptRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that must be refused, each with the code and the words that say why; after each one the store is unharmed. */
class BadCallsTest {
    private static final byte[] VALUE = new byte[100];
    /** One call waits for its lapse; the others must be over before. */
    private static final Duration GRANT = Duration.ofSeconds(3);

    private static final String LONG_KEY = "k".repeat(4097);
    private static final String EXPLOSIVE = "((((((((((a{0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9})";

    @RegisterExtension
    final TestCluster cluster = new TestCluster();

    /** Returns the code that one key was refused with, or throws what the whole call was refused with. */
    private record Bad(String name, ErrorCode code, String words, Callable<ErrorCode> call) {}

    private final List<Bad> table = new ArrayList<>();
    private MooncakeClient client;
    private MasterCalls master;

    private void bad(String name, ErrorCode code, String words, Callable<ErrorCode> call) {
        table.add(new Bad(name, code, words, call));
    }

    private void badParams(String name, String words, Callable<ErrorCode> call) {
        bad(name, ErrorCode.INVALID_PARAMS, words, call);
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseAndBeUnharmedWhenACallIsBad() {
        cluster.start(ClusterPlan.DEFAULT
                .withNodes(2, 1 << 20, 256 << 10)
                .withLease(Duration.ofMillis(50))
                .withGrant(GRANT, Duration.ofMillis(50), Duration.ofSeconds(30)));
        Unharmed unharmed = new Unharmed(cluster);
        client = unharmed.client();
        master = new MasterCalls(cluster.masters());
        keys();
        values();
        options();
        buffers();
        patterns();
        columns();
        endings();
        othersObjects();
        segments();
        return Stream.concat(
                table.stream()
                        .map(bad -> DynamicTest.dynamicTest(bad.name(), () -> {
                            assertThat(codeOf(bad)).isEqualTo(bad.code());
                            unharmed.check();
                        })),
                Stream.of(DynamicTest.dynamicTest("close", () -> master.close())));
    }

    private static ErrorCode codeOf(Bad bad) throws Exception {
        try {
            return bad.call().call();
        } catch (StoreException e) {
            assertThat(e.reason()).as("the words of %s", e.code()).contains(bad.words());
            return e.code();
        }
    }

    private void keys() {
        bad("put, empty key", ErrorCode.INVALID_KEY, "the key is empty", () -> status(client.put("", VALUE)));
        bad("put, key over 4 KiB", ErrorCode.INVALID_KEY, "has 4097 bytes", () -> status(client.put(LONG_KEY, VALUE)));
        bad("put, half a surrogate", ErrorCode.INVALID_KEY, "not valid", () -> status(client.put("a\ud800", VALUE)));
        bad("get, empty key", ErrorCode.INVALID_KEY, "the key is empty", () -> found(client.get("")));
        bad("get, key over 4 KiB", ErrorCode.INVALID_KEY, "at most 4096", () -> found(client.get(LONG_KEY)));
        bad("exists, empty key", ErrorCode.INVALID_KEY, "the key is empty", () -> found(client.exists("")));
        bad("remove, half a surrogate", ErrorCode.INVALID_KEY, "not valid", () -> found(client.remove("\udc00")));
        bad("wire, empty key", ErrorCode.INVALID_KEY, "", () -> master.put(start(ByteString.EMPTY, 0)));
        bad("wire, key over 4 KiB", ErrorCode.INVALID_KEY, "", () -> {
            return master.put(start(ByteString.copyFromUtf8(LONG_KEY), 4097));
        });
        bad("wire, key of invalid UTF-8", ErrorCode.INVALID_KEY, "", () -> {
            return master.put(start(ByteString.fromHex("c328"), 2));
        });
        bad("one key twice in a batch", ErrorCode.OK, "", () -> {
            List<PutResult> both =
                    client.putBatch(List.of(KvEntry.of("twice", VALUE), KvEntry.of("twice", new byte[7])));
            assertThat(both).allMatch(result -> result.status() == PutResult.Status.STORED);
            assertThat(client.get("twice")).contains(VALUE);
            assertThat(client.remove("twice")).isTrue();
            return ErrorCode.OK;
        });
    }

    private void values() {
        badParams("put, empty value", "the value is empty", () -> status(client.put("k", new byte[0])));
        badParams("put, more than a segment", "has 1048640 bytes", () -> status(client.put("k", new byte[1048640])));
        for (long size : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 62}) {
            badParams(
                    "wire, size " + size, "", () -> master.put(master.start("k").setSizes(0, size)));
        }
    }

    private void options() {
        badParams("replica_num 0", "replicaNum is 0", () -> put(PutOptions.DEFAULT.withReplicaNum(0)));
        badParams("replica_num 65", "1 to 64", () -> put(PutOptions.DEFAULT.withReplicaNum(65)));
        badParams("soft pin of two days", "PT48H", () -> put(PutOptions.DEFAULT.withSoftPin(Duration.ofDays(2))));
        bad("unknown preferred segment", ErrorCode.OK, "", () -> {
            ErrorCode code = put(PutOptions.DEFAULT.withPreferredSegments(List.of("nowhere")));
            assertThat(client.remove("k")).isTrue();
            return code;
        });
        for (int number : new int[] {0, 65, -1, Integer.MIN_VALUE}) {
            badParams("wire, replica_num " + number, "replica_num is " + Integer.toUnsignedString(number), () -> {
                var request = master.start("k");
                request.getOptionsBuilder().setReplicaNum(number);
                return master.put(request);
            });
        }
        badParams("wire, soft pin without end", "at most 24 h", () -> {
            var request = master.start("k");
            request.getOptionsBuilder().setSoftPinTtlMs(-1);
            return master.put(request);
        });
        badParams("tenant over 255 characters", "a tenant's name has at most 255", () -> {
            try (MooncakeClient other =
                    cluster.clientBuilder(true).tenant("t".repeat(256)).build()) {
                return status(other.put("k", VALUE));
            }
        });
    }

    private void buffers() {
        badParams("get into a read-only buffer", "is read-only", () -> {
            return found(client.getInto("kept", ByteBuffer.allocate(100_000).asReadOnlyBuffer()));
        });
        bad("get into a short buffer", ErrorCode.BUFFER_OVERFLOW, "100000", () -> {
            return found(client.getInto("kept", new byte[10]));
        });
        bad(
                "lease of more than the pool",
                ErrorCode.BUFFER_OVERFLOW,
                "localBufferBytes",
                () -> found(client.lease(1 << 30)));
        bad("lease of less than nothing", ErrorCode.BUFFER_OVERFLOW, "-1", () -> found(client.lease(-1)));
        bad("put of a closed buffer", ErrorCode.CLOSED, "closed", () -> {
            KvBuffer buffer = client.lease(100);
            KvEntry entry = KvEntry.of("k", buffer);
            buffer.close();
            return status(client.put(entry, PutOptions.DEFAULT));
        });
        bad("put by a closed client", ErrorCode.CLOSED, "closed", () -> {
            MooncakeClient other = cluster.clientBuilder(true).build();
            other.close();
            return status(other.put("k", VALUE));
        });
    }

    private void patterns() {
        badParams("regex, unclosed", "missing closing )", () -> found(client.removeByRegex("(")));
        badParams("regex, look-ahead", "no look-around", () -> found(client.removeByRegex("(?=a)")));
        badParams("regex, back-reference", "no back-references", () -> found(client.removeByRegex("(a)\\1")));
        badParams("regex, explosive", "the regex is too large", () -> found(client.removeByRegex(EXPLOSIVE)));
        badParams("regex, case variants without end", "ASCII characters only", () -> {
            return found(client.removeByRegex("(?i)[a-\ufffd]"));
        });
        badParams("regex, too long", "at most 4096", () -> found(client.removeByRegex("a".repeat(4097))));
        bad("regex that others are slow at", ErrorCode.OK, "", () -> {
            assertThat(client.removeByRegex("^(k*)*x$")).isZero(); // re2j: linear in the key
            return ErrorCode.OK;
        });
    }

    private void columns() {
        badParams("wire, two sizes for a key", "sizes has 2 entries for 1 keys", () -> {
            return master.put(master.start("k").addSizes(1));
        });
        badParams("wire, key lengths exceed the bytes", "key lengths exceed the 1 key bytes", () -> {
            return master.put(start(ByteString.copyFromUtf8("k"), 2));
        });
        badParams("wire, key lengths overflow", "key lengths exceed", () -> {
            return master.put(start(ByteString.copyFromUtf8("k"), -1));
        });
        badParams("wire, key bytes without a key", "key lengths cover 1 of 2 bytes", () -> {
            return master.put(start(ByteString.copyFromUtf8("kk"), 1));
        });
        badParams("wire, 8193 keys", "at most 8192", () -> {
            return master.put(master.start("k")
                    .setKeys(KeyColumn.of(Collections.nCopies(8193, "k")).toProto()));
        });
        badParams("wire, sequence 0", "sequences count from 1", () -> {
            return master.put(master.start("k").setSequence(0));
        });
        badParams("wire, a page of nothing", "not a page mark", () -> {
            return master.call(
                    Method.LIST_KEYS,
                    ListKeysRequest.newBuilder()
                            .setPage(ByteString.copyFromUtf8("no page"))
                            .build());
        });
    }

    private void endings() {
        bad("PutEnd twice", ErrorCode.OK, "", () -> {
            ErrorCode second = master.end("ended", end -> {
                assertThat(master.end(end)).isEqualTo(ErrorCode.OK);
                return master.end(end);
            });
            assertThat(client.remove("ended")).isTrue();
            return second;
        });
        bad(
                "PutEnd late",
                ErrorCode.GRANT_LAPSED,
                "",
                () -> master.end("late", end -> {
                    long lapsed = cluster.master().grantsLapsed();
                    await().until(() -> cluster.master().grantsLapsed() > lapsed);
                    return master.end(end);
                }));
        bad("PutEnd for another grant", ErrorCode.INVALID_WRITE, "", () -> {
            return master.end("k", end -> master.end(end.setGrantIds(0, end.getGrantIds(0) + 1)));
        });
        bad("PutEnd for no grant", ErrorCode.INVALID_WRITE, "", () -> {
            return master.end("k", end -> master.end(end.setGrantIds(0, 0)));
        });
        bad("PutEnd of another key", ErrorCode.INVALID_WRITE, "", () -> {
            return master.end(
                    "k",
                    end -> master.end(end.setKeys(KeyColumn.of(List.of("other")).toProto())));
        });
        bad("PutEnd by another client", ErrorCode.ILLEGAL_CLIENT, "", () -> {
            return master.end("k", end -> master.end(end.setClient(Ids.toProto(new UUID(1, 1)))));
        });
        bad("PutEnd of a replica that was not granted", ErrorCode.INVALID_REPLICA, "", () -> {
            return master.end("k", end -> master.end(end.setPlaced(0, 0b11)));
        });
        bad("PutEnd, unanswered where nothing was granted", ErrorCode.INVALID_REPLICA, "", () -> {
            return master.end("k", end -> master.end(end.setUnanswered(0, 1L << 63)));
        });
        bad("PutEnd of a replica both placed and unanswered", ErrorCode.INVALID_REPLICA, "", () -> {
            return master.end("k", end -> master.end(end.setUnanswered(0, 1)));
        });
        bad("PutEnd of nothing", ErrorCode.WRITE_FAIL, "", () -> {
            return master.end("k", end -> master.end(end.setPlaced(0, 0)));
        });
        badParams("PutEnd without its checksums", "checksums has 0 entries for 1 keys", () -> {
            return master.end("k", end -> master.end(end.clearChecksums()));
        });
        bad(
                "RenewGrant by another client",
                ErrorCode.ILLEGAL_CLIENT,
                "",
                () -> master.end("k", end -> {
                    RenewGrantRequest renew = RenewGrantRequest.newBuilder()
                            .setClient(Ids.toProto(new UUID(1, 1)))
                            .setKeys(end.getKeys())
                            .addGrantIds(end.getGrantIds(0))
                            .build();
                    return ErrorCode.of(master.call(Method.RENEW_GRANT, renew, RenewGrantResponse.parser())
                            .getStatus(0));
                }));
    }

    private void othersObjects() {
        Keys kept = KeyColumn.of(List.of("kept")).toProto();
        bad("RenewLease of another object", ErrorCode.OBJECT_CHANGED, "", () -> {
            RenewLeaseRequest renew = RenewLeaseRequest.newBuilder()
                    .setClient(master.id())
                    .setKeys(kept)
                    .addObjectIds(1)
                    .build();
            return ErrorCode.of(master.call(Method.RENEW_LEASE, renew, ReplicasResponse.parser())
                    .getStatus(0));
        });
        bad("removal of another object", ErrorCode.OBJECT_CHANGED, "", () -> {
            RemoveRequest remove =
                    RemoveRequest.newBuilder().setKeys(kept).addObjectIds(1).build();
            return ErrorCode.of(
                    master.call(Method.REMOVE, remove, StatusResponse.parser()).getStatus(0));
        });
        bad("report about another object", ErrorCode.OBJECT_CHANGED, "", () -> {
            ReportCorruptRequest report = ReportCorruptRequest.newBuilder()
                    .setClient(master.id())
                    .setKeys(kept)
                    .addObjectIds(1)
                    .addSegments(Ids.toProto(new UUID(1, 1)))
                    .build();
            return ErrorCode.of(master.call(Method.REPORT_CORRUPT, report, StatusResponse.parser())
                    .getStatus(0));
        });
    }

    private void segments() {
        badParams(
                "mount, no size",
                "1 byte to 1 TiB, not 0",
                () -> mount(mountable().setSizeBytes(0)));
        badParams("mount, negative size", "1 TiB", () -> mount(mountable().setSizeBytes(-64)));
        badParams(
                "mount, no region size",
                "1 byte to 1 GiB, not 0",
                () -> mount(mountable().setRegionBytes(0)));
        badParams("mount, unaligned", "multiples of 64", () -> mount(mountable().setSizeBytes(100)));
        badParams("mount, too many regions", "at most 65536", () -> {
            return mount(mountable().setSizeBytes(1L << 40).setRegionBytes(64));
        });
        badParams("mount, no name", "no name", () -> mount(mountable().setName("")));
        badParams("mount, endless name", "name has 300", () -> mount(mountable().setName("n".repeat(300))));
        badParams("mount, endless host", "host has 300", () -> mount(mountable().setHost("h".repeat(300))));
        badParams("mount, no port", "no usable address", () -> mount(mountable().setDataPort(0)));
        badParams(
                "mount, port over 65535",
                "no usable address",
                () -> mount(mountable().setDataPort(65_536)));
        bad("mount of another cluster's content", ErrorCode.SEGMENT_NOT_FOUND, "empty under a new id", () -> {
            return mount(mountable().setCluster(Ids.toProto(new UUID(1, 1))));
        });
        bad("ping of an unknown segment", ErrorCode.SEGMENT_NOT_FOUND, "is not mounted", () -> {
            return master.call(
                    Method.PING,
                    PingRequest.newBuilder()
                            .setSegment(Ids.toProto(new UUID(1, 1)))
                            .build());
        });
    }

    private ErrorCode mount(MountSegmentRequest.Builder offer) {
        return master.call(Method.MOUNT_SEGMENT, offer.build());
    }

    private static MountSegmentRequest.Builder mountable() {
        return MountSegmentRequest.newBuilder()
                .setSegment(Ids.toProto(UUID.randomUUID()))
                .setName("n")
                .setHost("127.0.0.1")
                .setDataPort(1)
                .setSizeBytes(1 << 20)
                .setRegionBytes(1 << 20);
    }

    private ErrorCode put(PutOptions options) {
        return status(client.put(KvEntry.of("k", VALUE), options));
    }

    private io.mooncake4j.transfer.wire.proto.PutStartRequest.Builder start(ByteString key, int length) {
        return master.start("k").setKeys(Keys.newBuilder().setBytes(key).addLengths(length));
    }

    /** Of a call that was not refused. */
    private static ErrorCode found(Object result) {
        return result instanceof Optional<?> value && value.isEmpty() ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK;
    }

    private static ErrorCode status(PutResult result) {
        return result.status() == PutResult.Status.STORED ? ErrorCode.OK : ErrorCode.OBJECT_ALREADY_EXISTS;
    }
}
