package io.mooncake4j.deploy.doctor;

import io.mooncake4j.transfer.rdma.gid.GidEntry;
import io.mooncake4j.transfer.rdma.gid.GidTable;
import io.mooncake4j.transfer.rdma.gid.GidTables;
import io.mooncake4j.transfer.rdma.gid.GidType;
import java.util.ArrayList;
import java.util.List;

/**
 * An RDMA device as Linux shows it in its files, which needs neither rights nor libraries.
 *
 * @param driver such as {@code erdma}; empty of a device in software
 * @param kind such as {@code RNIC} of iWARP, {@code CA} of InfiniBand and RoCE
 * @param firmware its version; empty where the device doesn't say
 * @param uverbs name of its file in {@code /dev/infiniband}; empty where the module ib_uverbs isn't loaded
 */
record HostDevice(String name, String driver, String kind, String firmware, String uverbs, List<HostPort> ports) {
    private static final String DEVICES = "/sys/class/infiniband";
    private static final String UVERBS = "/sys/class/infiniband_verbs";
    private static final String NETS = "/sys/class/net";

    /**
     * A port.
     *
     * @param state such as {@code ACTIVE}
     * @param layer {@code Ethernet} or {@code InfiniBand}
     * @param mtu of the network device; empty where that is unknown
     */
    record HostPort(
            int number, String state, String layer, String rate, List<String> netDevices, String mtu, GidTable gids) {
        boolean active() {
            return state.equals("ACTIVE");
        }
    }

    static List<HostDevice> all(Host host) {
        return host.names(DEVICES).stream().map(name -> of(host, name)).toList();
    }

    /** What it speaks. */
    String protocol() {
        if (kind.equals("RNIC")) {
            return "iWARP";
        }
        return ports.stream().anyMatch(port -> port.layer().equals("InfiniBand")) ? "InfiniBand" : "RoCE";
    }

    /** Whether this is one of Alibaba Cloud's. */
    boolean isErdma() {
        return driver.equals("erdma") || name.startsWith("erdma");
    }

    private static HostDevice of(Host host, String name) {
        String directory = DEVICES + "/" + name;
        List<HostPort> ports = new ArrayList<>();
        for (String port : host.names(directory + "/ports")) {
            ports.add(port(host, name, Integer.parseInt(port)));
        }
        return new HostDevice(
                name,
                host.linkName(directory + "/device/driver"),
                lastWord(host.text(directory + "/node_type")),
                host.text(directory + "/fw_ver"),
                uverbs(host, name),
                ports);
    }

    private static String uverbs(Host host, String name) {
        return host.names(UVERBS).stream()
                .filter(each -> host.text(UVERBS + "/" + each + "/ibdev").equals(name))
                .findFirst()
                .orElse("");
    }

    private static HostPort port(Host host, String name, int number) {
        String directory = DEVICES + "/" + name + "/ports/" + number;
        GidTable gids = GidTables.read(host.path(DEVICES), name, number);
        List<String> nets = netDevices(host, name, gids);
        return new HostPort(
                number,
                lastWord(host.text(directory + "/state")),
                host.text(directory + "/link_layer"),
                host.text(directory + "/rate"),
                nets,
                nets.isEmpty() ? "" : host.text(NETS + "/" + nets.get(0) + "/mtu"),
                gids);
    }

    /** Those that GIDs belong to, else that of the same PCI device, else, of iWARP, that of the same MAC address. */
    private static List<String> netDevices(Host host, String name, GidTable gids) {
        List<String> named = gids.present().stream()
                .map(GidEntry::netDevice)
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
        if (!named.isEmpty()) {
            return named;
        }
        List<String> ofPci = host.names(DEVICES + "/" + name + "/device/net");
        if (!ofPci.isEmpty()) {
            return ofPci;
        }
        List<String> macs = gids.present().stream()
                .filter(entry -> entry.type() == GidType.IWARP)
                .map(entry -> entry.gid().firstSixBytes())
                .toList();
        return host.names(NETS).stream()
                .filter(each -> macs.contains(host.text(NETS + "/" + each + "/address")))
                .toList();
    }

    /** Linux writes {@code 4: ACTIVE}. */
    private static String lastWord(String text) {
        return text.substring(text.lastIndexOf(' ') + 1);
    }
}
