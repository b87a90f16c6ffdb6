package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Replica;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What lies where, as text that tests compare. */
public final class Placements {
    private static final int SHARD_BITS = 8;

    private Placements() {}

    public static Map<String, String> of(DurableState state) {
        Map<String, String> all = new TreeMap<>();
        for (int bits = 0; bits < 1 << SHARD_BITS; bits++) {
            state.readBucket(
                    SHARD_BITS,
                    bits,
                    (tenant, key, id, size, checksum, pinned, replicas) -> all.put(
                            tenant + '/' + new String(key, StandardCharsets.UTF_8),
                            id + " " + size + " " + checksum + " " + pinned + " " + text(replicas)),
                    () -> {});
        }
        return all;
    }

    private static String text(Replica[] replicas) {
        StringBuilder text = new StringBuilder();
        for (Replica replica : replicas) {
            text.append(replica.segment().id());
            for (Extent extent : replica.extents()) {
                text.append(extent);
            }
        }
        return text.toString();
    }
}
