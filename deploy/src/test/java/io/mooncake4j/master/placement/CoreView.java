package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks into a core without changing it. */
public final class CoreView {
    /** An object, readable or not. */
    public record Held(long id, long sizeBytes, List<Replica> replicas) {}

    private CoreView() {}

    /** Which object the key of the default tenant holds, readable or not; takes no lease. */
    public static @Nullable Held find(MasterCore core, KeyColumn keys, int index) {
        KeySlice key = new KeySlice(core.objects().tenant("")).at(keys, index);
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.find(key);
            return entry == null ? null : new Held(entry.id, entry.sizeBytes, List.of(entry.replicas));
        }
    }

    /** What is known of the object under a key of the default tenant; null: nothing is there. */
    public static @Nullable ObjectDetails describe(MasterCore core, String key, long nowNanos) {
        KeySlice slice = new KeySlice(core.objects().tenant("")).at(KeyColumn.of(List.of(key)), 0);
        return core.reads().describe(slice, nowNanos);
    }

    /** Whether the extent is in use, as just this one. False for a segment that is not there (any more). */
    public static boolean inUse(MasterCore core, UUID segmentId, Extent extent) {
        Segment segment = core.segmentTable().find(segmentId);
        if (segment == null) {
            return false;
        }
        synchronized (segment) {
            return segment.space().holds(extent);
        }
    }
}
