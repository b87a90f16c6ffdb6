package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.util.UUID;

/**
 * Who a client is to the master and the nodes.
 *
 * @param proto the id, as it stands in messages
 */
record ClientIdentity(UUID id, Uuid proto, String tenant) {
    static ClientIdentity of(UUID id, String tenant) {
        return new ClientIdentity(id, Ids.toProto(id), tenant);
    }
}
