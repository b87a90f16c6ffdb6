package io.mooncake4j.transfer.rdma.queue;

import java.time.Duration;

/**
 * How a link moves bytes.
 *
 * @param sliceBytes at most so many in one read or write
 * @param maxOutstanding at most so many requests on one queue
 * @param stagingBytes at most so much of the pool is leased at a time to copy buffers through that lie outside it
 * @param stagingWait how long to wait for that
 * @param stall a link on which nothing completes for so long has failed
 * @param drain how long to wait for what is outstanding when a link is given up, before its queues are destroyed
 */
public record PathOptions(
        int sliceBytes, int maxOutstanding, int stagingBytes, Duration stagingWait, Duration stall, Duration drain) {
    public static final PathOptions DEFAULT = new PathOptions(
            256 << 10, 256, 1 << 20, Duration.ofMillis(20), Duration.ofSeconds(10), Duration.ofSeconds(1));

    /** The same with other limits of what is in flight. */
    public PathOptions with(int slice, int outstanding) {
        return new PathOptions(slice, outstanding, stagingBytes, stagingWait, stall, drain);
    }
}
