package io.mooncake4j.master.placement;

import java.util.List;

/**
 * One object to place.
 *
 * @param sizeBytes of the object
 * @param replicas how many segments are wanted
 * @param preferredSegments names, the most wanted first
 * @param writerHostId the writer's machine; empty or a loopback name if unknown
 * @param preferSameNode try the writer's machine right after the preferred segments
 * @param keyHash spreads keys over the segments of one machine
 */
public record PlacementRequest(
        long sizeBytes,
        int replicas,
        List<String> preferredSegments,
        String writerHostId,
        boolean preferSameNode,
        long keyHash) {}
