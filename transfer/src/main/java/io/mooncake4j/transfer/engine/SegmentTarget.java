package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.AccessToken;

/** Where one segment is reached, and the permission to do so. */
public record SegmentTarget(String segmentName, String host, int dataPort, AccessToken token) {}
