package io.mooncake4j.transfer.rdma.verbs;

import java.util.List;

/**
 * The RDMA devices of this machine.
 *
 * @param unusable names of those that can't be opened or asked, with the reason; for people
 */
public record FoundDevices(List<DeviceInfo> devices, List<String> unusable) {
    public FoundDevices {
        devices = List.copyOf(devices);
        unusable = List.copyOf(unusable);
    }
}
