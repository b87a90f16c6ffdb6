package io.mooncake4j.transfer.rdma;

/**
 * What a trial of a device came to.
 *
 * @param failure the step that failed, and why; empty where none did
 * @param bytes written and read back
 * @param connectNanos how long making the connection took; like the others only true where nothing failed
 */
public record RdmaTrialResult(String failure, long bytes, long connectNanos, long writeNanos, long readNanos) {
    public boolean passed() {
        return failure.isEmpty();
    }
}
