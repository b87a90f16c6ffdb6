package io.mooncake4j.master.placement;

import org.jspecify.annotations.Nullable;

/** Objects of one shard from least to most recently used, linked through the entries. Guarded by its shard. */
final class AccessOrder {
    private @Nullable ObjectEntry oldest;
    private @Nullable ObjectEntry newest;

    @Nullable
    ObjectEntry oldest() {
        return oldest;
    }

    void addNewest(ObjectEntry entry) {
        entry.order = this;
        entry.newer = null;
        entry.older = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.newer = entry;
        }
        newest = entry;
    }

    void remove(ObjectEntry entry) {
        if (entry.older == null) {
            oldest = entry.newer;
        } else {
            entry.older.newer = entry.newer;
        }
        if (entry.newer == null) {
            newest = entry.older;
        } else {
            entry.newer.older = entry.older;
        }
        entry.older = null;
        entry.newer = null;
        entry.order = null;
    }

    void touch(ObjectEntry entry) {
        if (newest != entry) {
            remove(entry);
            addNewest(entry);
        }
    }
}
