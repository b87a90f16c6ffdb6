package io.mooncake4j.master.journal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the space in etcd.
 *
 * @param scarce whether the journal should take less of it
 * @param refusal why no new put is taken for now, or null
 * @param advice what an operator should do
 */
public record EtcdRoom(
        long sizeBytes,
        long usedBytes,
        boolean scarce,
        @Nullable String refusal,
        List<String> advice) {
    static final EtcdRoom UNKNOWN = new EtcdRoom(0, 0, false, null, List.of());
}
