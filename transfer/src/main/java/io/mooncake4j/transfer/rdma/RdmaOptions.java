package io.mooncake4j.transfer.rdma;

import java.time.Duration;
import java.util.List;

/**
 * How a process moves bytes by RDMA.
 *
 * @param devices names of those that may be used; empty: all. The first that is active and has an IPv4 address is used
 * @param queuePairsPerLink over how many one transfer is spread
 * @param sliceBytes at most so many in one work request
 * @param maxWr at most so many work requests under way on a queue pair; less where the device allows less
 * @param inlineBytes WRITEs up to so many travel inside the work request; fewer where the device allows fewer
 * @param linksPerPeer at most so many to one node and session; further callers wait
 * @param attempts how often a READ is tried that fails, each over a fresh link
 * @param pause how long a node is reached by TCP after its link failed
 * @param connectTimeout within which a link must be there
 * @param maxQueuePairs a node's; 0: as many as the device allows
 */
public record RdmaOptions(
        List<String> devices,
        int queuePairsPerLink,
        int sliceBytes,
        int maxWr,
        int inlineBytes,
        int linksPerPeer,
        int attempts,
        Duration pause,
        Duration connectTimeout,
        int maxQueuePairs) {
    public static final RdmaOptions DEFAULT =
            new RdmaOptions(List.of(), 2, 256 << 10, 256, 64, 4, 3, Duration.ofSeconds(30), Duration.ofSeconds(2), 0);

    public RdmaOptions {
        devices = List.copyOf(devices);
    }

    /** The same over another device, or over any if the text is empty. */
    public RdmaOptions withDevices(List<String> names) {
        return new RdmaOptions(
                names,
                queuePairsPerLink,
                sliceBytes,
                maxWr,
                inlineBytes,
                linksPerPeer,
                attempts,
                pause,
                connectTimeout,
                maxQueuePairs);
    }

    /** The same with another limit for a node. */
    public RdmaOptions withMaxQueuePairs(int limit) {
        return new RdmaOptions(
                devices,
                queuePairsPerLink,
                sliceBytes,
                maxWr,
                inlineBytes,
                linksPerPeer,
                attempts,
                pause,
                connectTimeout,
                limit);
    }

    /** The same with another time to connect. */
    public RdmaOptions withConnectTimeout(Duration timeout) {
        return new RdmaOptions(
                devices,
                queuePairsPerLink,
                sliceBytes,
                maxWr,
                inlineBytes,
                linksPerPeer,
                attempts,
                pause,
                timeout,
                maxQueuePairs);
    }
}
