package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.master.placement.CoreFixture;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Grant;
import io.mooncake4j.master.placement.GrantResult;
import io.mooncake4j.master.placement.ObjectView;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Shown;
import io.mooncake4j.transfer.rpc.ReplyBody;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What the master encodes by itself is what protobuf's builders would have made. */
class AnswersTest {
    /** A segment by its index, and its extents. */
    record Copy(int segment, List<Extent> extents) {}

    /** What a key has; an answer of another code than OK has nothing else. */
    record Found(ErrorCode code, long id, long sizeBytes, long checksum, List<Copy> copies) {}

    private static final int SEGMENTS = 70;
    private static final UUID CLIENT = new UUID(-1, 5);

    private final CoreFixture fixture = new CoreFixture();
    private final List<Segment> segments = IntStream.range(0, SEGMENTS)
            .mapToObj(i -> fixture.mount(new UUID(i * 3L, -i), "n\u00e9" + i, 1 << 20, -i, null))
            .toList();
    private final Epoch epoch = fixture.core.epoch();
    /** Used again and again, as the master does. */
    private final ReplicasAnswer replicas = new ReplicasAnswer();

    private static byte[] encoded(ReplyBody body) throws IOException {
        byte[] bytes = new byte[body.sizeBytes()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        body.writeTo(out);
        out.checkNoSpaceLeft();
        return bytes;
    }

    private static Arbitrary<Long> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 300), Arbitraries.longs().greaterOrEqual(0), Arbitraries.longs());
    }

    @Provide
    static Arbitrary<List<List<Found>>> answers() {
        Arbitrary<Extent> extents = Combinators.combine(
                        Arbitraries.oneOf(Arbitraries.integers().between(0, 3), Arbitraries.integers()),
                        numbers(),
                        numbers())
                .as(Extent::new);
        Arbitrary<Copy> copies = Combinators.combine(
                        Arbitraries.integers().between(0, SEGMENTS - 1),
                        extents.list().ofMinSize(1).ofMaxSize(3))
                .as(Copy::new);
        Arbitrary<Found> found = Combinators.combine(
                        Arbitraries.longs(),
                        numbers(),
                        Arbitraries.longs(),
                        copies.list().ofMaxSize(4))
                .as((id, size, checksum, all) -> new Found(ErrorCode.OK, id, size, checksum, all));
        Arbitrary<Found> missed = Arbitraries.of(ErrorCode.values()).map(code -> new Found(code, 0, 0, 0, List.of()));
        return Arbitraries.frequencyOf(Tuple.of(4, found), Tuple.of(1, missed))
                .list()
                .ofMaxSize(100)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Property(tries = 200)
    void shouldEncodeReplicasAsProtobufDoesWhenTheyAreAny(
            @ForAll("answers") List<List<Found>> answers, @ForAll long deadlineTicks) throws IOException {
        for (List<Found> answer : answers) {
            encodeAndCompare(answer, deadlineTicks);
        }
    }

    @Example
    void shouldEncodeReplicasAsProtobufDoesWhenTheyNeedMuchRoom() throws IOException {
        List<Copy> copies = IntStream.range(0, SEGMENTS)
                .mapToObj(i -> new Copy(i, List.of(new Extent(i, Long.MAX_VALUE - i, -1), new Extent(1, i, 3))))
                .toList();
        Found large = new Found(ErrorCode.OK, 1, 2, 3, copies);
        Found small = new Found(ErrorCode.OK, -1, 0, -3, copies.subList(0, 1));
        encodeAndCompare(Stream.generate(() -> large).limit(200).toList(), 7);
        encodeAndCompare(Stream.generate(() -> small).limit(8192).toList(), Long.MIN_VALUE);
        encodeAndCompare(List.of(small), Long.MAX_VALUE);
        encodeAndCompare(List.of(), 0);
    }

    private void encodeAndCompare(List<Found> answer, long deadlineTicks) throws IOException {
        long now = fixture.now();
        ReplicasResponse.Builder expected = ReplicasResponse.newBuilder()
                .setLeaseMs((int) TimeUnit.NANOSECONDS.toMillis(Math.max(0, deadlineTicks - now)));
        ExpectedPlacements placements = new ExpectedPlacements(AccessToken.Mode.READ, epoch, CLIENT, deadlineTicks);
        replicas.begin(epoch, CLIENT, now, deadlineTicks);
        for (Found found : answer) {
            List<Replica> copies = found.copies.stream()
                    .map(copy -> Shown.replica(segments.get(copy.segment), copy.extents))
                    .toList();
            ObjectView object = Shown.object(found.id, found.sizeBytes, found.checksum, copies);
            if (found.code == ErrorCode.OK) {
                replicas.found(object);
            } else {
                replicas.missed(found.code);
            }
            expected.addStatus(found.code.number())
                    .addObjectIds(found.id)
                    .addSizes(found.sizeBytes)
                    .addChecksums(found.checksum);
            placements.key(copies.size());
            for (Replica copy : copies) {
                Segment segment = copy.segment();
                placements.replica(copy, segment.address().processNonce(), segment.generationOf(CLIENT, now));
            }
        }
        replicas.seal();
        assertThat(ReplicasResponse.parseFrom(encoded(replicas)))
                .isEqualTo(expected.setPlacements(placements.build()).build());
    }

    @Property(tries = 100)
    void shouldEncodeSizesAsProtobufDoesWhenTheyAreAny(@ForAll List<Long> sizes) throws IOException {
        ExistsAnswer answer = new ExistsAnswer();
        ExistsResponse.Builder expected = ExistsResponse.newBuilder();
        answer.begin();
        for (long size : sizes) {
            answer.add(size);
            expected.addStatus((size < 0 ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK).number())
                    .addSizes(Math.max(0, size));
        }
        assertThat(ExistsResponse.parseFrom(encoded(answer))).isEqualTo(expected.build());
    }

    @Example
    void shouldSealATokenForEachGenerationWhenASessionWasCutMeanwhile() throws IOException {
        Replica copy = Shown.replica(segments.get(0), List.of(new Extent(0, 64, 100)));
        PlacementColumns columns = new PlacementColumns();
        ExpectedPlacements expected = new ExpectedPlacements(AccessToken.Mode.WRITE, epoch, CLIENT, 5);
        columns.begin(epoch, AccessToken.Mode.WRITE, CLIENT, 5);
        columns.key(4);
        expected.key(4);
        for (long generation : new long[] {1, 2, 1, 2}) {
            columns.replica(copy, 9, generation);
            expected.replica(copy, 9, generation);
        }
        columns.seal();
        byte[] bytes = new byte[columns.sizeBytes(PutStartResponse.PLACEMENTS_FIELD_NUMBER)];
        columns.writeTo(CodedOutputStream.newInstance(bytes), PutStartResponse.PLACEMENTS_FIELD_NUMBER);
        Placements placements = PutStartResponse.parseFrom(bytes).getPlacements();
        assertThat(placements).isEqualTo(expected.build());
        assertThat(placements.getSegmentsCount()).isEqualTo(2);
    }

    @Example
    void shouldEncodeGrantsAsProtobufDoesWhenSomeAreRefused() throws IOException {
        List<String> keys = IntStream.range(0, 40).mapToObj(i -> "k" + i % 30).toList();
        List<GrantResult> results =
                fixture.startAll(CLIENT, fixture.nextSequence(), keys, 70_000, CoreFixture.terms(3));
        List<GrantResult> told = Stream.concat(
                        results.stream(), Stream.of(new GrantResult(ErrorCode.PUT_IN_PROGRESS, null)))
                .toList();
        long now = fixture.now();
        long until = now + 4_000_000_000L;
        PutStartResponse.Builder started = PutStartResponse.newBuilder().setGrantMs(4000);
        RenewGrantResponse.Builder renewed = RenewGrantResponse.newBuilder().setGrantMs(4000);
        ExpectedPlacements placements = new ExpectedPlacements(AccessToken.Mode.WRITE, epoch, CLIENT, until);
        for (GrantResult result : told) {
            Grant grant = result.grant();
            started.addStatus(result.code().number()).addGrantIds(grant == null ? 0 : grant.id());
            renewed.addStatus(result.code().number());
            placements.key(grant == null ? 0 : grant.targets().length);
            for (Grant.Target target : grant == null ? new Grant.Target[0] : grant.targets()) {
                placements.replica(target.replica(), target.processNonce(), target.generation());
            }
        }
        Placements placed = placements.build();
        GrantsAnswer answer = new GrantsAnswer();
        answer.begin(epoch, CLIENT, now, until);
        told.forEach(answer::add);
        assertThat(PutStartResponse.parseFrom(encoded(answer.started())))
                .isEqualTo(started.setPlacements(placed).build());
        answer.begin(epoch, CLIENT, now, until);
        told.forEach(answer::add);
        assertThat(RenewGrantResponse.parseFrom(encoded(answer.renewed())))
                .isEqualTo(renewed.setPlacements(placed).build());
    }
}
