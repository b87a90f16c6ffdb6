package io.mooncake4j.master.placement;

import java.util.List;

/** What a writer asks for beside the bytes; the fields of Mooncake's ReplicateConfig that apply. */
public record PutTerms(
        int replicas,
        long softPinNanos,
        boolean hardPinned,
        List<String> preferredSegments,
        String hostId,
        boolean preferSameNode) {
    public static final int MAX_REPLICAS = Long.SIZE;
}
