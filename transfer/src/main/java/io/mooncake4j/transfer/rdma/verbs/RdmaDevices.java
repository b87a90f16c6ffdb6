package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The RDMA devices of this machine. Opens each for a moment: ask seldom. */
public final class RdmaDevices {
    private RdmaDevices() {}

    /** All devices, in the order of libibverbs. Any thread, after {@link RdmaLibrary#probe} loaded the library. */
    public static FoundDevices find() throws IOException {
        String[] names = NativeVerbs.deviceNames();
        Map<String, List<InetAddress>> addresses = names.length == 0 ? Map.of() : addressesByDevice();
        List<DeviceInfo> devices = new ArrayList<>(names.length);
        List<String> unusable = new ArrayList<>();
        for (String name : names) {
            try {
                devices.add(query(name, addresses.getOrDefault(name, List.of())));
            } catch (IOException e) {
                unusable.add(name + " (" + e.getMessage() + ")"); // another one may do
            }
        }
        return new FoundDevices(devices, unusable);
    }

    private static DeviceInfo query(String name, List<InetAddress> addresses) throws IOException {
        long context = NativeVerbs.openDevice(name);
        try {
            long[] out = new long[DeviceLimits.NUMBERS];
            NativeVerbs.queryDevice(context, out);
            boolean active = false;
            for (int port = 1; port <= out[9]; port++) {
                active |= PortInfo.query(context, port).active();
            }
            DeviceLimits limits = DeviceLimits.query(context, name);
            return new DeviceInfo(
                    name, limits.driver(), out[DeviceLimits.IWARP] != 0, active, List.copyOf(addresses), limits);
        } finally {
            NativeVerbs.closeDevice(context);
        }
    }

    /** Asked of rdma_cm itself, since only it decides: sysfs names no network interface for some iWARP devices. */
    private static Map<String, List<InetAddress>> addressesByDevice() throws IOException {
        Map<String, List<InetAddress>> found = new HashMap<>();
        try (EventChannel channel = EventChannel.open()) {
            for (NetworkInterface net : NetworkInterface.networkInterfaces().toList()) {
                for (InetAddress address : net.inetAddresses().toList()) {
                    String device = address instanceof Inet4Address && !address.isLoopbackAddress()
                            ? deviceOf(channel, address)
                            : null;
                    if (device != null) {
                        found.computeIfAbsent(device, unused -> new ArrayList<>())
                                .add(address);
                    }
                }
            }
        }
        return found;
    }

    private static @Nullable String deviceOf(EventChannel channel, InetAddress address) throws IOException {
        try (CmId id = channel.newId()) {
            id.bind(new InetSocketAddress(address, 0));
            return id.bound() ? id.context().deviceName() : null;
        } catch (VerbsException e) {
            return null; // no RDMA device has it
        }
    }
}
