package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls of a reader: find under a lease, renew it, ask whether something is there, list. */
public final class Reads {
    /** One page of keys and their sizes; {@code next} is empty after the last one. */
    public record Page(List<byte[]> keys, List<Long> sizesBytes, byte[] next) {}

    private static final byte[] LAST_PAGE = {};

    private final MasterCore core;

    Reads(MasterCore core) {
        this.core = core;
    }

    /**
     * Finds the object under the key and puts a fresh read lease on it. It is counted by {@link #located}.
     *
     * @param leaseNanos as the reader is told: {@link MasterCore#readLeaseNanos} may become less meanwhile
     * @return whether there was one that can be read
     */
    public boolean get(KeySlice key, ObjectView found, long leaseNanos, long nowNanos) {
        return lease(key, ObjectEntry.ANY_ID, found, leaseNanos, nowNanos);
    }

    /** Counts what {@link #get} found and missed; once a batch, as threads wait for each other at a counter. */
    public void located(int hits, int misses, long sizeBytes) {
        core.counters.getsHit.add(hits);
        core.counters.getsMissed.add(misses);
        core.counters.locatedBytes.add(sizeBytes);
    }

    /**
     * Renews the lease on one object.
     *
     * @param leaseNanos as for {@link #get}
     * @throws StoreException OBJECT_CHANGED if the key holds another object by now, OBJECT_NOT_FOUND if none
     */
    public void renew(KeySlice key, long objectId, ObjectView found, long leaseNanos, long nowNanos) {
        if (!lease(key, objectId, found, leaseNanos, nowNanos)) {
            throw new StoreException(ErrorCode.OBJECT_NOT_FOUND, "the object is gone");
        }
        if (found.id() != objectId) {
            throw new StoreException(ErrorCode.OBJECT_CHANGED, "the key holds another object by now");
        }
    }

    /** Finds what is under the key, and leases it if it is the one; false if nothing there can be read. */
    boolean lease(KeySlice key, long onlyId, ObjectView found, long leaseNanos, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.findVisible(key);
            if (entry == null || !found.show(entry)) {
                return false;
            }
            if (onlyId == ObjectEntry.ANY_ID || onlyId == entry.id) {
                long until = nowNanos + ClockDrift.grantedNanos(leaseNanos);
                if (until - entry.leasedUntilNanos > 0) {
                    entry.leasedUntilNanos = until;
                }
                shard.touch(entry, nowNanos);
            }
            return true;
        }
    }

    /** The size of the readable object under the key, or -1. Takes no lease. */
    public long sizeOf(KeySlice key) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.findVisible(key);
            return entry != null && entry.readable() ? entry.sizeBytes : -1;
        }
    }

    /** What is known of the object under the key, readable or not; null: nothing. Takes no lease and is no access. */
    public @Nullable ObjectDetails describe(KeySlice key, long nowNanos) {
        ObjectShard shard = core.objects.shardOf(key.hash());
        synchronized (shard) {
            ObjectEntry entry = shard.findVisible(key);
            if (entry == null) {
                return null;
            }
            boolean softPinned = shard.evictable().isSoftPinned(entry);
            return new ObjectDetails(
                    entry.id,
                    entry.sizeBytes,
                    entry.checksum,
                    entry.hardPinned,
                    softPinned ? Math.max(0, entry.softPinnedUntilNanos - nowNanos) : 0,
                    Math.max(0, entry.leasedUntilNanos - nowNanos),
                    Math.max(0, nowNanos - entry.accessedNanos),
                    List.of(entry.replicas));
        }
    }

    /**
     * Keys of a tenant, a page at a time, in no order that a user should rely on. Every key that is there throughout
     * is listed exactly once.
     *
     * @param page empty, or {@code next} of the page before
     * @throws StoreException INVALID_PARAMS if the page is not one
     */
    public Page list(Tenant tenant, byte[] page, int limit, Predicate<byte[]> matches) {
        PageMark mark = PageMark.decode(page);
        List<byte[]> keys = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        for (int i = mark.shard(); i < ObjectTable.SHARDS; i++) {
            List<ObjectEntry> found = listed(tenant, i, i == mark.shard() ? mark.after() : null, matches);
            for (ObjectEntry entry : found) {
                keys.add(entry.key);
                sizes.add(entry.sizeBytes);
                if (keys.size() == limit) {
                    return new Page(keys, sizes, new PageMark(i, entry.key).encode());
                }
            }
        }
        return new Page(keys, sizes, LAST_PAGE);
    }

    /** The page of {@link #list} that begins behind a key, whether that is there or not. */
    public byte[] pageAfter(Tenant tenant, byte[] key) {
        KeySlice slice = new KeySlice(tenant).at(key, 0, key.length);
        return new PageMark((int) slice.hash() & (ObjectTable.SHARDS - 1), key).encode();
    }

    private List<ObjectEntry> listed(Tenant tenant, int index, byte @Nullable [] after, Predicate<byte[]> matches) {
        ObjectShard shard = core.objects.shard(index);
        List<ObjectEntry> found = new ArrayList<>();
        synchronized (shard) {
            shard.forEach(entry -> {
                if (entry.tenant == tenant
                        && (after == null || PageMark.ORDER.compare(entry.key, after) > 0)
                        && entry.readable()
                        && !shard.isHidden(entry)) {
                    found.add(entry);
                }
            });
        }
        found.removeIf(entry -> !matches.test(entry.key));
        found.sort(Comparator.comparing(entry -> entry.key, PageMark.ORDER));
        return found;
    }
}
