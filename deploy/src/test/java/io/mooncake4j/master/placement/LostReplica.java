package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.List;
import java.util.Objects;

/** A replica that a master drops, as it does with one that its node has found corrupt, when a test wants it. */
public final class LostReplica {
    private LostReplica() {}

    /** Of an object of the default tenant, which is there. */
    public static void drop(MasterCore core, String key, Segment segment) {
        KeyColumn keys = KeyColumn.of(List.of(key));
        CoreView.Held object = Objects.requireNonNull(CoreView.find(core, keys, 0), "nothing is under " + key);
        KeySlice slice = new KeySlice(core.objects().tenant("")).at(keys, 0);
        core.removals().dropReplica(slice, object.id(), segment, System.nanoTime());
    }
}
