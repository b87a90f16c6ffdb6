package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Compares {@link ReadRequest} with protobuf's parsers. Uses it again and again, as the master does. */
final class DecodedRequests {
    private static final int MAX_KEYS = 100;

    private final ReadRequest get = ReadRequest.ofGet(MAX_KEYS);
    private final ReadRequest exists = ReadRequest.ofExists(MAX_KEYS);

    /** Whether it is a request, for both. */
    boolean agreeOn(byte[] message) {
        return agree(get, message, GetReplicasRequest.parser(), expected -> {
            assertThat(get.client()).isEqualTo(Ids.of(expected.getClient()));
            compare(get, expected.getTenant(), expected.getKeys());
        });
    }

    /** Whether it is a request, for both. */
    boolean agreeOnExists(byte[] message) {
        return agree(exists, message, ExistsRequest.parser(), expected -> {
            assertThat(exists.client()).isEqualTo(Ids.of(Uuid.getDefaultInstance()));
            compare(exists, expected.getTenant(), expected.getKeys());
        });
    }

    private static <T> boolean agree(ReadRequest request, byte[] message, Parser<T> parser, Consumer<T> compare) {
        T expected;
        try {
            expected = parser.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            assertThat(reads(request, message)).isFalse();
            return false;
        }
        assertThat(reads(request, message)).isTrue();
        compare.accept(expected);
        return true;
    }

    /** The array is longer than the message, as arrays that are used again are. */
    private static boolean reads(ReadRequest request, byte[] message) {
        try {
            byte[] room = Arrays.copyOf(message, message.length + 20);
            Arrays.fill(room, message.length, room.length, (byte) 0x0A);
            request.read(room, message.length);
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static void compare(ReadRequest request, String tenant, Keys keys) {
        assertThat(request.tenant()).isEqualTo(tenant);
        assertThat(request.count()).isEqualTo(keys.getLengthsCount());
        if (request.count() <= MAX_KEYS) {
            assertThat(keysOf(request::keys)).isEqualTo(keysOf(() -> KeyColumn.of(keys)));
        }
    }

    /** The keys, or why there are none. */
    private static List<String> keysOf(Supplier<KeyColumn> column) {
        try {
            KeyColumn keys = column.get();
            List<String> found = new ArrayList<>(keys.toList());
            found.add(keys.toProto().toString());
            return found;
        } catch (StoreException e) {
            return List.of(e.code().name(), e.reason());
        }
    }
}
