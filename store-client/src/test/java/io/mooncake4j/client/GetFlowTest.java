package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.ReportCorruptRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GetFlowTest {
    @RegisterExtension
    final ScriptedStore scripted = new ScriptedStore(2, builder -> builder.operationTimeout(Duration.ofSeconds(20)));

    private final ScriptedMaster master = scripted.master;
    private final UUID first = master.segments.get(0);
    private final UUID second = master.segments.get(1);
    private MooncakeClient client = scripted.client();

    /** Flips a bit of a replica. */
    private void spoil(String key, int replica) {
        ScriptedMaster.Extent extent =
                master.object(key).replicas().get(replica).get(0);
        master.nodes.memory(extent.segment(), extent.offset() + 1)[(int) extent.offset()] ^= 4;
    }

    @Test
    void shouldDeliverTheBytesWhenTheKeyIsThere() {
        byte[] value = scripted.store("k", 100_000, 2);

        assertThat(client.get("k")).hasValue(value);

        assertThat(master.methods()).containsExactly(Method.GET_REPLICAS);
    }

    @Test
    void shouldBeEmptyWhenTheKeyIsNotThere() {
        assertThat(client.get("k")).isEmpty();
        assertThat(client.getBuffer("k")).isEmpty();
        assertThat(client.getInto("k", new byte[10])).isEmpty();
        assertThat(client.getBatch(List.of("k")).get(0)).isEqualTo(KeyResult.miss());
    }

    @Test
    void shouldMissWhenNoReplicaCanBeRead() {
        master.next(Method.GET_REPLICAS, ScriptedMaster.status(ErrorCode.REPLICA_IS_NOT_READY));

        assertThat(client.get("k")).isEmpty();
    }

    @Test
    void shouldReadAllExtentsWhenAValueIsSplit() {
        master.extentBytes = 1000;
        byte[] value = scripted.store("k", 10_500, 2);

        assertThat(client.get("k")).hasValue(value);
    }

    @Test
    void shouldGiveEveryKeyItsResultWhenABatchHasAllKinds() {
        byte[] a = scripted.store("a", 1000, 1);
        byte[] b = scripted.store("b", 2000, 2);

        List<KeyResult<byte[]>> results = client.getBatch(List.of("a", "none", "b", "", "a"));

        assertThat(results)
                .extracting(KeyResult::status)
                .containsExactly(
                        KeyResult.Status.HIT,
                        KeyResult.Status.MISS,
                        KeyResult.Status.HIT,
                        KeyResult.Status.FAILED,
                        KeyResult.Status.HIT);
        assertThat(results.get(0).value()).isEqualTo(a);
        assertThat(results.get(2).value()).isEqualTo(b);
        assertThat(results.get(2).replicas()).isEqualTo(2);
        assertThat(results.get(3).error()).isEqualTo(ErrorCode.INVALID_KEY);
        assertThat(results.get(4).value())
                .isEqualTo(a)
                .isNotSameAs(results.get(0).value());
        assertThat(master.received(Method.GET_REPLICAS)).hasSize(1);
        assertThat(master.nodes.tokens()).isNotEmpty().allMatch(token -> token.mode() == AccessToken.Mode.READ);
    }

    @Test
    void shouldAskAgainWhenAnAnswerIsLostOrTheMasterDoesNotLead() {
        client = scripted.impatient(Duration.ofSeconds(1));
        byte[] value = scripted.store("k", 100, 1);
        master.next(Method.GET_REPLICAS, ScriptedMaster.LOST_REQUEST, ScriptedMaster.fails(ErrorCode.NOT_LEADER));

        assertThat(client.get("k")).hasValue(value);
    }

    @Test
    void shouldFailTypedWhenTheMasterIsAway() {
        master.close();

        assertThatThrownBy(() -> client.withTimeout(Duration.ofMillis(300)).get("k"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.retryable()).isTrue());
    }

    @Test
    void shouldReadTheOtherReplicaWhenOneNodeIsSilent() {
        byte[] value = scripted.store("k", 100, 2);
        for (int i = 0; i < 100; i++) {
            master.nodes.next(first, FakeNodes.UNANSWERED);
        }

        for (int i = 0; i < 20; i++) {
            assertThat(client.get("k")).hasValue(value);
        }

        assertThat(master.received(Method.GET_REPLICAS)).hasSize(20);
        long triesOfTheSilent = master.nodes.tokens().stream()
                .filter(token -> token.segmentId().equals(first))
                .count();
        assertThat(triesOfTheSilent).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldAskForReplicasAgainWhenAllOfThemFail() {
        byte[] value = scripted.store("k", 100, 2);
        master.nodes.next(first, FakeNodes.SESSION_CUT);
        master.nodes.next(second, FakeNodes.NEVER_SENT);

        assertThat(client.get("k")).hasValue(value);

        assertThat(master.received(Method.GET_REPLICAS)).hasSize(2);
    }

    @Test
    void shouldFailWithTheCauseWhenNothingCanBeReadUntilTheDeadline() {
        scripted.connect(client);
        scripted.store("k", 100, 1);
        for (int i = 0; i < 1000; i++) {
            master.nodes.next(first, FakeNodes.TOKEN_REFUSED);
        }

        KeyResult<byte[]> result = client.withTimeout(Duration.ofMillis(500))
                .getBatch(List.of("k"))
                .get(0);

        assertThat(result.error()).isEqualTo(ErrorCode.TOKEN_REFUSED);
        assertThat(result.retryable()).isTrue();
        assertThat(result.value()).isNull();
    }

    @Test
    void shouldReadAnotherReplicaWhenAChecksumIsWrongOnce() {
        byte[] value = scripted.store("k", 100, 2);
        spoil("k", 0);

        // The good replica is read in the end, whichever comes first; the bad one is reported when it was met twice.
        for (int i = 0; i < 40; i++) {
            assertThat(client.get("k")).hasValue(value);
        }

        await().until(() -> !master.received(Method.REPORT_CORRUPT).isEmpty());
        ReportCorruptRequest report =
                (ReportCorruptRequest) master.received(Method.REPORT_CORRUPT).get(0);
        assertThat(Ids.of(report.getSegments(0))).isEqualTo(first);
    }

    @Test
    void shouldReportTheReplicaWhenItsChecksumIsWrongTwice() {
        scripted.store("k", 100, 1);
        long objectId = master.object("k").id();
        spoil("k", 0);
        master.next(Method.REPORT_CORRUPT, (m, call) -> {
            m.objects.remove("k"); // verified, and dropped
            call.reply(m.honest(call));
        });

        assertThat(client.get("k")).isEmpty();

        List<ReportCorruptRequest> reports = master.received(Method.REPORT_CORRUPT);
        assertThat(reports).hasSize(1);
        assertThat(reports.get(0).getObjectIdsList()).containsExactly(objectId);
        assertThat(Ids.of(reports.get(0).getSegments(0))).isEqualTo(first);
    }

    @Test
    void shouldNotReportWhenAChecksumIsWrongOnlyOnce() {
        byte[] value = scripted.store("k", 100, 1);
        master.nodes.next(first, (nodes, transfer, deadline) -> {
            nodes.copy(transfer.target().token(), transfer.ops().get(0));
            ByteBuffer buffer = transfer.ops().get(0).buffers()[0];
            buffer.put(0, (byte) (buffer.get(0) ^ 1));
            transfer.ops().get(0).done();
        });

        assertThat(client.get("k")).hasValue(value);
        client.close();

        assertThat(master.received(Method.REPORT_CORRUPT)).isEmpty();
        assertThat(master.received(Method.GET_REPLICAS)).hasSize(2);
    }

    @Test
    void shouldNotCompareWhenChecksumsAreOff() {
        client = scripted.client(builder -> builder.checksums(false));
        scripted.store("k", 100, 1);
        spoil("k", 0);

        assertThat(client.get("k")).isPresent();
    }

    @Test
    void shouldFillBuffersInOrderWhenThereAreSeveral() {
        byte[] value = scripted.store("k", 1000, 2);
        ByteBuffer heap = ByteBuffer.allocate(300).position(10).limit(290);
        ByteBuffer direct = ByteBuffer.allocateDirect(2000).position(5);

        assertThat(client.getInto("k", heap, direct)).hasValue(1000);

        assertThat(heap.position()).isEqualTo(10);
        assertThat(direct.position()).isEqualTo(5);
        byte[] got = new byte[1000];
        heap.get(10, got, 0, 280);
        direct.get(5, got, 280, 720);
        assertThat(got).isEqualTo(value);
        assertThat(heap.get(9)).isZero();
        assertThat(heap.duplicate().clear().get(290)).isZero();
        assertThat(direct.get(5 + 720)).isZero();
    }

    @Test
    void shouldSayBothSizesWhenTheBuffersAreTooSmall() {
        scripted.store("k", 1000, 1);
        byte[] target = new byte[999];

        assertThatThrownBy(() -> client.getInto("k", target))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUFFER_OVERFLOW))
                .hasMessageContainingAll("1000", "999");

        assertThat(target).containsOnly(0);
        assertThat(master.nodes.tokens()).isEmpty();
    }

    @Test
    void shouldRefuseReadOnlyBuffers() {
        scripted.store("k", 10, 1);

        assertThatThrownBy(() -> client.getInto("k", ByteBuffer.allocate(10).asReadOnlyBuffer()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS));
    }

    @Test
    void shouldCopyIntoBothBuffersWhenAKeyIsGivenTwice() {
        byte[] value = scripted.store("k", 1000, 1);
        byte[] one = new byte[1000];
        byte[] two = new byte[1500];
        byte[] small = new byte[10];

        List<KeyResult<KvEntry>> results =
                client.getIntoBatch(List.of(KvEntry.of("k", one), KvEntry.of("k", two), KvEntry.of("k", small)));

        assertThat(results.get(0).isHit() && results.get(1).isHit()).isTrue();
        assertThat(results.get(2).error()).isEqualTo(ErrorCode.BUFFER_OVERFLOW);
        assertThat(one).isEqualTo(value);
        assertThat(two).startsWith(value);
        assertThat(master.nodes.tokens()).hasSize(1);
    }

    @Test
    void shouldAskInSeveralRequestsWhenABatchIsLarge() {
        String[] keys = new String[2500];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "k" + i;
            scripted.store(keys[i], 32, 1);
        }

        List<KeyResult<byte[]>> results = client.getBatch(List.of(keys));

        for (int i = 0; i < keys.length; i++) {
            assertThat(results.get(i).value()).isEqualTo(Values.of(keys[i], 32));
        }
        assertThat(master.received(Method.GET_REPLICAS)).hasSize(3);
    }

    @Test
    void shouldRefuseAnAnswerWhoseColumnsContradictEachOther() {
        scripted.store("k", 100, 1);
        master.next(Method.GET_REPLICAS, (m, call) -> {
            var honest = (io.mooncake4j.transfer.wire.proto.ReplicasResponse) m.honest(call);
            var placements = honest.getPlacements().toBuilder().addExtentSegment(7);
            call.reply(honest.toBuilder().setPlacements(placements).build());
        });

        KeyResult<byte[]> result = client.getBatch(List.of("k")).get(0);

        assertThat(result.error()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    }
}
