package io.mooncake4j.transfer.rdma.verbs;

/**
 * Whether this process can use RDMA.
 *
 * @param on whether library, flag and a device are there
 * @param reason where it is off, why, and what turns it on; where it is on, which library was loaded
 */
public record RdmaSupport(boolean on, String reason) {
    static RdmaSupport off(String reason) {
        return new RdmaSupport(false, reason);
    }
}
