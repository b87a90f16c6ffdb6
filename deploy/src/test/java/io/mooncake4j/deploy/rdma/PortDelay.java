package io.mooncake4j.deploy.rdma;

import java.time.Duration;

/** Holds back what this machine sends to a port of one of its own addresses, until closed. All other traffic is as before. */
final class PortDelay implements AutoCloseable {
    private PortDelay() {}

    static PortDelay of(String address, int port, Duration delay) {
        Program.run("modprobe", "-a", "sch_prio", "sch_netem", "cls_u32");
        // traffic to an address of one's own takes the interface lo; nothing is sorted into the fourth band but by the
        // filter
        tc("qdisc", "add", "dev", "lo", "root", "handle", "1:", "prio", "bands", "4");
        tc("qdisc", "add", "dev", "lo", "parent", "1:4", "handle", "40:", "netem", "delay", delay.toMillis() + "ms");
        tc(("filter add dev lo parent 1: protocol ip prio 1 u32 match ip dst " + address + "/32 match ip dport " + port
                        + " 0xffff flowid 1:4")
                .split(" "));
        return new PortDelay();
    }

    private static void tc(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "tc";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Program.run(command);
    }

    @Override
    public void close() {
        tc("qdisc", "del", "dev", "lo", "root");
    }
}
