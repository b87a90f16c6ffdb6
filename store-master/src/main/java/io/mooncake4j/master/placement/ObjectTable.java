package io.mooncake4j.master.placement;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** All objects, by hash range. Safe for all threads: who works on a shard holds its monitor. */
public final class ObjectTable {
    /** The low bits of a key's hash that choose its shard. */
    static final int SHARD_BITS = 8;

    static final int SHARDS = 1 << SHARD_BITS;

    private static final Tenant NOBODY = new Tenant("");

    private final ObjectShard[] shards = new ObjectShard[SHARDS];
    private final ConcurrentHashMap<String, Tenant> tenants = new ConcurrentHashMap<>();
    final LongAdder objects = new LongAdder();

    public ObjectTable(long nowNanos) {
        for (int i = 0; i < SHARDS; i++) {
            shards[i] = new ObjectShard(nowNanos);
        }
    }

    ObjectShard shardOf(long hash) {
        return shards[(int) hash & (SHARDS - 1)];
    }

    ObjectShard shard(int index) {
        return shards[index];
    }

    /** Does something while nobody else works on any shard. For what is rare: everybody waits. */
    void exclusively(Runnable action) {
        lockFrom(0, action);
    }

    private void lockFrom(int index, Runnable action) {
        if (index == SHARDS) {
            action.run();
            return;
        }
        synchronized (shards[index]) {
            lockFrom(index + 1, action);
        }
    }

    /** The tenant of a name, from now on known; the empty name is the default one. For puts. */
    public Tenant tenant(String name) {
        return tenants.computeIfAbsent(name.isEmpty() ? Tenant.DEFAULT_NAME : name, Tenant::new);
    }

    /** The tenant of a name, or one without keys where nothing was ever put under that name. */
    public Tenant knownTenant(String name) {
        Tenant known = tenants.get(name.isEmpty() ? Tenant.DEFAULT_NAME : name);
        return known == null ? NOBODY : known;
    }

    /** All whose names are known. */
    public List<Tenant> tenants() {
        return List.copyOf(tenants.values());
    }

    /** About how many objects are soft-pinned now. */
    public long softPinnedCount() {
        long count = 0;
        for (ObjectShard shard : shards) {
            synchronized (shard) {
                count += shard.evictable().softPinned();
            }
        }
        return count;
    }

    public long objectCount() {
        return objects.sum();
    }
}
