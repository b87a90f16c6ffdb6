package io.mooncake4j.transfer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooncake4j.transfer.wire.proto.Keys;
import java.util.List;

class KeyColumnFuzzTest {
    @FuzzTest
    void shouldRefuseOrKeepEveryKeyWhenAColumnIsRead(byte[] message) {
        KeyColumn column;
        try {
            column = KeyColumn.of(Keys.parseFrom(message));
        } catch (InvalidProtocolBufferException e) {
            return;
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS);
            return;
        }
        for (int i = 0; i < column.count(); i++) {
            String key = column.key(i);
            if (column.objectionTo(i).isEmpty()) {
                // what a server takes is what a client would have sent
                KeyColumn again = KeyColumn.of(List.of(key));
                assertThat(again.array())
                        .isEqualTo(KeyColumn.of(column.subset(i).toProto()).array());
            }
        }
    }
}
