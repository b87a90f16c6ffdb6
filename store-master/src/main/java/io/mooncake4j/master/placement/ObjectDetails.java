package io.mooncake4j.master.placement;

import java.util.List;

/**
 * An object as an operator is told of it.
 *
 * @param softPinLeftNanos 0: not soft-pinned
 * @param leaseLeftNanos 0: no reader holds a lease
 * @param idleNanos since a put or a get last found it
 * @param replicas all of them, whether their nodes can be reached or not
 */
public record ObjectDetails(
        long id,
        long sizeBytes,
        long checksum,
        boolean hardPinned,
        long softPinLeftNanos,
        long leaseLeftNanos,
        long idleNanos,
        List<Replica> replicas) {}
