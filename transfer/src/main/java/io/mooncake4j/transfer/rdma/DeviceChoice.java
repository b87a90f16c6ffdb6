package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.verbs.DeviceInfo;
import io.mooncake4j.transfer.rdma.verbs.FoundDevices;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The device that a process uses, and its address. */
public record DeviceChoice(DeviceInfo device, InetAddress address) {
    /** Of these, the first that may be used and can be: active, and with an address. */
    public static Optional<DeviceChoice> of(List<DeviceInfo> devices, List<String> allowed) {
        for (DeviceInfo device : devices) {
            if (device.portActive() && (allowed.isEmpty() || allowed.contains(device.name()))) {
                for (InetAddress address : device.addresses()) {
                    if (address instanceof Inet4Address) {
                        return Optional.of(new DeviceChoice(device, address));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Why there is none. */
    public static String none(FoundDevices found, List<String> allowed) {
        List<String> seen = new ArrayList<>(found.unusable());
        for (DeviceInfo device : found.devices()) {
            seen.add(device.name()
                    + (device.portActive() ? "" : " (its port is down)")
                    + (device.addresses().isEmpty() ? " (without an IPv4 address; IPv6 alone won't do)" : ""));
        }
        return "no device " + (allowed.isEmpty() ? "" : "of " + String.join(", ", allowed) + " ")
                + "can be used; this machine has: " + (seen.isEmpty() ? "none" : String.join(", ", seen))
                + "; set --rdma-device to one of them, and see rdma link and ip address";
    }
}
