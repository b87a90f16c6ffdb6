package io.mooncake4j.deploy.replay;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A cache of equal blocks that evicts the least recently used one; reading and writing a block both use it. */
public final class LruCache implements CacheModel {
    private final long capacityBlocks;
    private final Map<Long, Boolean> byUse = new LinkedHashMap<>(16, 0.75f, true);

    /** An LRU of that many bytes; blocks that don't fit whole are not held. */
    public LruCache(long capacityBytes, long blockBytes) {
        capacityBlocks = capacityBytes / blockBytes;
    }

    @Override
    public int serve(long[] blockIds) {
        int hits = 0;
        while (hits < blockIds.length && byUse.get(blockIds[hits]) != null) {
            hits++;
        }
        for (int i = hits; i < blockIds.length; i++) {
            insert(blockIds[i]);
        }
        return hits;
    }

    private void insert(long blockId) {
        byUse.put(blockId, Boolean.TRUE);
        if (byUse.size() > capacityBlocks) {
            Iterator<Long> oldest = byUse.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
