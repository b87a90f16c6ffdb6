package io.mooncake4j.transfer.rdma.gid;

import java.util.List;

/** How much speaks for a GID; the first is the best. The order is Mooncake's, so that both choose the same. */
enum GidRank {
    ROUTABLE_WITH_NETWORK("a routable address with a network device"),
    ROUTABLE("a routable address"),
    PRIVATE_WITH_NETWORK("a private IPv4 address with a network device"),
    DEGRADED_WITH_NETWORK("for want of a better one; its address is link-local or of an overlay network"),
    OTHER("for want of a better one"),
    /** The port's name, so to say: rdma_cm connects by the address of the network device. */
    OF_IWARP("the port speaks iWARP, which connects by IP address through rdma_cm");

    private static final List<String> OVERLAYS = List.of("flannel", "cni", "calico", "vxlan", "docker");
    private static final String TUNNEL = "tunl0";

    private final String why;

    GidRank(String why) {
        this.why = why;
    }

    String why() {
        return why;
    }

    /** Of an entry that isn't empty. */
    static GidRank of(GidEntry entry) {
        if (entry.type() == GidType.IWARP) {
            return OF_IWARP;
        }
        boolean network = !entry.netDevice().isEmpty();
        boolean overlay = isOverlay(entry.netDevice());
        Gid gid = entry.gid();
        if (!gid.isLinkLocal() && !overlay && !gid.isPrivateIpv4()) {
            return network ? ROUTABLE_WITH_NETWORK : ROUTABLE;
        }
        if (!network) {
            return OTHER;
        }
        return gid.isPrivateIpv4() && !overlay ? PRIVATE_WITH_NETWORK : DEGRADED_WITH_NETWORK;
    }

    private static boolean isOverlay(String netDevice) {
        return netDevice.equals(TUNNEL) || OVERLAYS.stream().anyMatch(netDevice::startsWith);
    }
}
