package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The objects and grants of one hash range. Every method wants the shard's monitor held by its caller; it is locked
 * after a client's requests and before any segment.
 */
final class ObjectShard {
    private static final int INITIAL_SLOTS = 16;

    final GrantBook grants;
    /** Objects that nobody may see before they are durable. */
    private final LongHashSet hidden = new LongHashSet();

    private final EvictionOrder evictable = new EvictionOrder();
    private @Nullable ObjectEntry[] slots = new @Nullable ObjectEntry[INITIAL_SLOTS];
    private int count;

    ObjectShard(long nowNanos) {
        grants = new GrantBook(nowNanos);
    }

    int count() {
        return count;
    }

    /** All objects but the hard-pinned. */
    EvictionOrder evictable() {
        return evictable;
    }

    @Nullable
    ObjectEntry find(KeySlice key) {
        for (ObjectEntry entry = slots[slot(key.hash())]; entry != null; entry = entry.nextInChain) {
            if (entry.hash == key.hash() && key.is(entry.tenant, entry.key)) {
                return entry;
            }
        }
        return null;
    }

    /** As {@link #find}, without what nobody may see yet. */
    @Nullable
    ObjectEntry findVisible(KeySlice key) {
        ObjectEntry entry = find(key);
        return entry == null || isHidden(entry) ? null : entry;
    }

    boolean isHidden(ObjectEntry entry) {
        return !hidden.isEmpty() && hidden.contains(entry.id);
    }

    void hide(long objectId) {
        hidden.add(objectId);
    }

    void show(long objectId) {
        hidden.remove(objectId);
    }

    /** Adds an object under a key that has none. */
    void add(ObjectEntry entry) {
        if (count >= slots.length) {
            grow();
        }
        int slot = slot(entry.hash);
        entry.nextInChain = slots[slot];
        slots[slot] = entry;
        count++;
        if (!entry.hardPinned) {
            evictable.add(entry);
        }
    }

    /** Protects an object for a time; one that is hard-pinned needs no more protection. */
    void softPin(ObjectEntry entry, long untilNanos) {
        if (!entry.hardPinned) {
            evictable.softPin(entry, untilNanos);
        }
    }

    void remove(ObjectEntry entry) {
        int slot = slot(entry.hash);
        ObjectEntry before = null;
        for (ObjectEntry at = slots[slot]; at != entry; at = at.nextInChain) {
            if (at == null) {
                throw new IllegalStateException("object " + entry.id + " is not in its shard");
            }
            before = at;
        }
        if (before == null) {
            slots[slot] = entry.nextInChain;
        } else {
            before.nextInChain = entry.nextInChain;
        }
        entry.nextInChain = null;
        if (!entry.hardPinned) {
            evictable.remove(entry);
        }
        count--;
    }

    void touch(ObjectEntry entry, long nowNanos) {
        if (entry.hardPinned) {
            entry.accessedNanos = nowNanos;
        } else {
            evictable.touch(entry, nowNanos);
        }
    }

    void forEach(Consumer<ObjectEntry> action) {
        for (ObjectEntry first : slots) {
            for (ObjectEntry entry = first; entry != null; entry = entry.nextInChain) {
                action.accept(entry);
            }
        }
    }

    /** Every object whose hash ends in the bits, of which the lowest are this shard's. */
    void forEachEndingIn(int depth, long bits, Consumer<ObjectEntry> action) {
        long mask = (1L << depth) - 1;
        // The next bits choose the slot, as far as there are so many slots.
        int step = 1 << Math.min(depth - ObjectTable.SHARD_BITS, Integer.numberOfTrailingZeros(slots.length));
        for (int slot = slot(bits) & (step - 1); slot < slots.length; slot += step) {
            for (ObjectEntry entry = slots[slot]; entry != null; entry = entry.nextInChain) {
                if ((entry.hash & mask) == (bits & mask)) {
                    action.accept(entry);
                }
            }
        }
    }

    List<ObjectEntry> entries() {
        List<ObjectEntry> entries = new ArrayList<>(count);
        forEach(entries::add);
        return entries;
    }

    private int slot(long hash) {
        return (int) (hash >>> 8) & (slots.length - 1);
    }

    private void grow() {
        @Nullable ObjectEntry[] old = slots;
        slots = new @Nullable ObjectEntry[old.length * 2];
        for (ObjectEntry first : old) {
            ObjectEntry entry = first;
            while (entry != null) {
                ObjectEntry next = entry.nextInChain;
                int slot = slot(entry.hash);
                entry.nextInChain = slots[slot];
                slots[slot] = entry;
                entry = next;
            }
        }
    }
}
