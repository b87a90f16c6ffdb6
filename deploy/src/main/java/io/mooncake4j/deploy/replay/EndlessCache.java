package io.mooncake4j.deploy.replay;

import java.util.HashSet;
import java.util.Set;

/** A cache that never evicts: the best hit rate there is. */
public final class EndlessCache implements CacheModel {
    private final Set<Long> present = new HashSet<>();

    @Override
    public int serve(long[] blockIds) {
        int hits = 0;
        while (hits < blockIds.length && present.contains(blockIds[hits])) {
            hits++;
        }
        for (int i = hits; i < blockIds.length; i++) {
            present.add(blockIds[i]);
        }
        return hits;
    }
}
