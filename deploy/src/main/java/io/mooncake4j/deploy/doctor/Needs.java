package io.mooncake4j.deploy.doctor;

import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.settings.ByteSize;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the settings ask of the machine.
 *
 * @param rdmaWanted whether bytes are to move by RDMA, so that it is a problem where they can't
 * @param devices names of those that may be used; empty: all
 * @param gidIndex of {@code MC_GID_INDEX}; 0 searches
 * @param memory where a node's segment lies; null for a client
 * @param bytes of a node's segment, or of a client's buffer pool: what is registered
 * @param queuePairs that one client has at one node at most
 * @param ports by the names of their settings
 */
public record Needs(
        boolean rdmaWanted,
        List<String> devices,
        int gidIndex,
        @Nullable MemoryKind memory,
        long bytes,
        int queuePairs,
        Map<String, Integer> ports) {
    /** Of a node; regions of one are registered each by itself. */
    static final long REGION_BYTES = 1L << 30;

    public Needs {
        devices = List.copyOf(devices);
    }

    boolean isNode() {
        return memory != null;
    }

    boolean allows(String device) {
        return devices.isEmpty() || devices.contains(device);
    }

    /** What is registered, for people. */
    String what() {
        return (isNode() ? "a segment of " : "a buffer pool of ") + ByteSize.rounded(bytes);
    }

    long largestRegionBytes() {
        return isNode() ? Math.min(bytes, REGION_BYTES) : bytes;
    }

    long regions() {
        return isNode() ? (bytes + REGION_BYTES - 1) / REGION_BYTES : 2;
    }
}
