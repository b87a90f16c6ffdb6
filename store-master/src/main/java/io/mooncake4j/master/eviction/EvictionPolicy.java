package io.mooncake4j.master.eviction;

import io.mooncake4j.master.placement.Victims;

/** The order in which objects make room. */
public interface EvictionPolicy {
    /**
     * Evicts until at least that many bytes were freed, or nothing is left that may go.
     *
     * @return the bytes of memory that the evicted objects held
     */
    long evict(Victims victims, long bytes, long nowNanos);
}
