package io.mooncake4j.deploy.rdma;

import io.mooncake4j.deploy.cluster.NodeNetwork;
import io.mooncake4j.transfer.vm.DeviceKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The RDMA device that the tests are about, and what the kernel tells of it. */
record TestDevice(String name, String address) {
    private static final Pattern LISTENS = Pattern.compile(" state LISTEN .*src-addr [0-9.]+:([0-9]+)");

    static TestDevice underTest() {
        DeviceKind kind = DeviceKind.here();
        return new TestDevice(kind.deviceName(), kind.address());
    }

    /** It speaks iWARP over the kernel's TCP, which can be delayed. */
    boolean isSiw() {
        return name.startsWith("siw");
    }

    /** Nodes at its own address. */
    NodeNetwork nodes() {
        return new NodeNetwork(address, name);
    }

    /** Nodes whose TCP port is elsewhere, so that it stays when the device's network is down. */
    NodeNetwork nodesOnLoopback() {
        return new NodeNetwork("127.0.0.1", name);
    }

    /** The network interface below it. */
    String network() {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(address))
                    .getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many connected queue pairs this process has on it. */
    long queuePairsOfThisProcess() {
        String own = " pid " + ProcessHandle.current().pid() + " ";
        return Program.run("rdma", "resource", "show", "qp", "link", name)
                .lines()
                .filter(line -> line.contains(" type RC ") && line.contains(own))
                .count();
    }

    /** The port at which the only node listens for connections of rdma_cm. */
    int listeningPort() {
        String ids = Program.run("rdma", "resource", "show", "cm_id");
        return ids.lines()
                .map(LISTENS::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody listens on " + name + ": " + ids));
    }
}
