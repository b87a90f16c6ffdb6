package io.mooncake4j.master.placement;

/**
 * A run of bytes inside one region of a segment.
 *
 * @param region the region's index in its segment
 * @param offset of the first byte, in the region
 * @param lengthBytes how many bytes of the object lie here; what they occupy is this, aligned
 */
public record Extent(int region, long offset, long lengthBytes) {}
