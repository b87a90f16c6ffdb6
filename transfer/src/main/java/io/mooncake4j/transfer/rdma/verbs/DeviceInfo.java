package io.mooncake4j.transfer.rdma.verbs;

import java.net.InetAddress;
import java.util.List;

/**
 * A device of this machine.
 *
 * @param driver such as {@code erdma}
 * @param iwarp whether it speaks iWARP, which only rdma_cm can connect
 * @param portActive whether one of its ports is up
 * @param addresses the IPv4 addresses of this machine that rdma_cm binds to this device
 */
public record DeviceInfo(
        String name,
        String driver,
        boolean iwarp,
        boolean portActive,
        List<InetAddress> addresses,
        DeviceLimits limits) {}
