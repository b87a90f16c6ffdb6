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

    /** Puts an entry behind all that were accessed before it; meant for old ones. */
    void insertByAccess(ObjectEntry entry) {
        ObjectEntry after = oldest;
        while (after != null && after.accessedNanos - entry.accessedNanos < 0) {
            after = after.newer;
        }
        if (after == null) {
            addNewest(entry);
            return;
        }
        entry.order = this;
        entry.newer = after;
        entry.older = after.older;
        if (after.older == null) {
            oldest = entry;
        } else {
            after.older.newer = entry;
        }
        after.older = entry;
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
