package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.SegmentAccess;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlacementTableTest {
    private static final UUID CLIENT = new UUID(1, 2);
    private static final Epoch EPOCH = new Epoch(new UUID(3, 4), 5);

    /** Key 0: a replica of two extents on segment 0, and one on segment 1; key 1: none; key 2: one on segment 0. */
    private static Placements.Builder placements() {
        Placements.Builder columns = Placements.newBuilder().setEpoch(EPOCH.toProto());
        for (int i = 0; i < 2; i++) {
            columns.addSegments(SegmentAccess.newBuilder()
                    .setSegment(Ids.toProto(new UUID(9, i)))
                    .setName("s" + i)
                    .setHost("h" + i)
                    .setDataPort(100 + i)
                    .setProcessNonce(20 + i)
                    .setSessionGeneration(30 + i)
                    .setDeadlineTicks(40 + i)
                    .setMac(seal(i)));
        }
        columns.addReplicasPerKey(2).addReplicasPerKey(0).addReplicasPerKey(1);
        columns.addExtentsPerReplica(2).addExtentsPerReplica(1).addExtentsPerReplica(1);
        extent(columns, 0, 7, 64, 10);
        extent(columns, 0, 8, 0, 20);
        extent(columns, 1, 0, 128, 30);
        extent(columns, 0, 9, 256, 40);
        return columns;
    }

    private static ByteString seal(int number) {
        return ByteString.copyFrom(Arrays.copyOf(new byte[] {(byte) number}, AccessToken.MAC_BYTES));
    }

    private static void extent(Placements.Builder columns, int segment, int region, long offset, long length) {
        columns.addExtentSegment(segment)
                .addExtentRegion(region)
                .addExtentOffset(offset)
                .addExtentLength(length);
    }

    private static PlacementTable read(Placements.Builder columns) {
        return PlacementTable.read(columns.build(), 3, AccessToken.Mode.READ, CLIENT);
    }

    @Test
    void shouldGiveEachSegmentTheTokenOfAllItsExtentsInOrder() {
        PlacementTable table = read(placements());

        AccessToken token = table.target(0).token();
        assertThat(token.regions()).containsExactly(7, 8, 9);
        assertThat(token.offsets()).containsExactly(64, 0, 256);
        assertThat(token.lengths()).containsExactly(10, 20, 40);
        assertThat(token.epoch()).isEqualTo(EPOCH);
        assertThat(token.clientId()).isEqualTo(CLIENT);
        assertThat(token.segmentId()).isEqualTo(new UUID(9, 0));
        assertThat(token.processNonce()).isEqualTo(20);
        assertThat(token.generation()).isEqualTo(30);
        assertThat(token.deadlineTicks()).isEqualTo(40);
        assertThat(token.mode()).isEqualTo(AccessToken.Mode.READ);
        assertThat(table.target(1).host()).isEqualTo("h1");
        assertThat(table.target(1).dataPort()).isEqualTo(101);
        assertThat(table.target(1).token().lengths()).containsExactly(30);
        assertThat(table.target(1).token().mac()).isEqualTo(seal(1).toByteArray());
    }

    @Test
    void shouldNumberReplicasAndExtentsThroughTheAnswer() {
        PlacementTable table = read(placements());

        assertThat(table.replicaCount(0)).isEqualTo(2);
        assertThat(table.replicaCount(1)).isZero();
        assertThat(table.replicaCount(2)).isEqualTo(1);
        int last = table.firstReplica(2);
        assertThat(table.firstExtent(last)).isEqualTo(3);
        assertThat(table.range(3)).isEqualTo(2);
        assertThat(table.replicaBytes(0)).isEqualTo(30);
        assertThat(table.firstSegmentId(1)).isEqualTo(new UUID(9, 1));
    }

    @Test
    void shouldBeEmptyWhenNothingWasFound() {
        PlacementTable table = read(Placements.newBuilder());

        assertThat(table.segmentCount()).isZero();
        assertThat(table.replicaCount(2)).isZero();
    }

    static Stream<Consumer<Placements.Builder>> contradictions() {
        return Stream.of(
                columns -> columns.addExtentRegion(1),
                columns -> extent(columns, 0, 0, 0, 1),
                columns -> columns.addReplicasPerKey(0),
                columns -> columns.setReplicasPerKey(1, 1),
                columns -> columns.setReplicasPerKey(1, -1),
                columns -> columns.setExtentsPerReplica(0, 3),
                columns -> columns.setExtentsPerReplica(0, Integer.MAX_VALUE),
                columns -> columns.setExtentSegment(0, 2),
                columns -> columns.setExtentSegment(0, -1),
                columns -> columns.setExtentLength(0, 0),
                columns -> columns.setExtentLength(0, -5),
                columns -> columns.setExtentLength(0, (1L << 30) + 1),
                columns -> columns.setReplicasPerKey(1, 1).addExtentsPerReplica(0),
                columns -> columns.getSegmentsBuilder(1).setMac(ByteString.EMPTY),
                columns -> columns.getSegmentsBuilder(1).setDataPort(65_536));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void shouldRefuseWhatContradictsItself(Consumer<Placements.Builder> change) {
        Placements.Builder columns = placements();
        change.accept(columns);

        assertThatThrownBy(() -> read(columns))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
    }
}
