package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Placements;
import java.nio.ByteBuffer;
import java.util.UUID;

class PlacementTableFuzzTest {
    private static final int KEYS = 2;

    @FuzzTest
    void shouldRefuseOrPlaceEveryByteWhenAnAnswerIsRead(byte[] message) {
        PlacementTable table;
        try {
            table = PlacementTable.read(Placements.parseFrom(message), KEYS, AccessToken.Mode.READ, new UUID(1, 1));
        } catch (InvalidProtocolBufferException e) {
            return;
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
            return;
        }
        for (int key = 0; key < KEYS; key++) {
            for (int i = 0; i < table.replicaCount(key); i++) {
                int replica = table.firstReplica(key) + i;
                assertThat(table.replicaBytes(replica)).isPositive();
                assertThat(table.firstSegmentId(replica)).isNotNull();
            }
            assertThat(table.hasReplicasOf(key, table)).isTrue();
        }
        for (int i = 0; i < table.segmentCount(); i++) {
            AccessToken token = table.target(i).token();
            ByteBuffer bytes = ByteBuffer.allocate(token.encodedBytes());
            token.encode(bytes);
            assertThat(bytes.hasRemaining()).isFalse();
        }
    }
}
