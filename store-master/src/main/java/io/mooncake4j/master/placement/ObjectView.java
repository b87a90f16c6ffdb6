package io.mooncake4j.master.placement;

import java.util.List;

/** A readable object as a reader is told of it; replicas on healthy nodes come first. */
public record ObjectView(long id, long sizeBytes, long checksum, List<Replica> replicas) {}
