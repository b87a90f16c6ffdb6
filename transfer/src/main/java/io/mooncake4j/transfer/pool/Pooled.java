package io.mooncake4j.transfer.pool;

/**
 * What a {@link ConnectionPool} lends.
 *
 * @param <P> with whom it is, by {@code equals}
 */
public interface Pooled<P> {
    P peer();

    /** It is put back into the pool, where it waits from now on. */
    void idleSince(long nowNanos);

    /** Whether it has waited too long, or is known to be dead. Quick: asked under a lock. */
    boolean retired(long nowNanos);
}
