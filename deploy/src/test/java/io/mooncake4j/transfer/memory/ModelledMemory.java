package io.mooncake4j.transfer.memory;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Segment memory over given buffers, whose header lives only as long as the object. */
public final class ModelledMemory {
    private static final UUID BOOT = new UUID(0, 1);

    private ModelledMemory() {}

    /** @param cluster the one that the content belongs to, null if it is empty */
    public static SegmentMemory open(
            String name,
            List<ByteBuffer> regions,
            long sizeBytes,
            long regionBytes,
            UUID segmentId,
            @Nullable UUID cluster,
            boolean warm,
            Supplier<UUID> newIds) {
        return new SegmentMemory(
                regions,
                new SegmentMemoryOptions(MemoryKind.anonymous(), name, sizeBytes, regionBytes),
                null,
                new SegmentHeader(
                        SegmentHeader.LAYOUT_VERSION,
                        segmentId,
                        cluster,
                        BOOT,
                        0,
                        sizeBytes,
                        regionBytes,
                        SegmentHeader.Told.NOTHING),
                warm,
                newIds);
    }
}
