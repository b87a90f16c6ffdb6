package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cluster.VersionedValue;
import java.nio.ByteBuffer;

/** Values that are put under new keys and read at once. */
final class Blocks {
    private final String prefix;
    private final int bytes;
    private int count;

    Blocks(String prefix, int bytes) {
        this.prefix = prefix;
        this.bytes = bytes;
    }

    /** Fails if the value isn't there, or not right. */
    void putAndGet(MooncakeClient client) {
        String key = prefix + count++;
        assertThat(client.put(key, VersionedValue.of(key, 1, bytes)).succeeded())
                .isTrue();
        byte[] found = client.get(key).orElseThrow();
        assertThat(VersionedValue.objection(key, ByteBuffer.wrap(found))).isEmpty();
    }
}
