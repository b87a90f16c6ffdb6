package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;

/**
 * A port of a device.
 *
 * @param mtuBytes of the path; 0 where the device doesn't say (iWARP)
 * @param gidEntries length of the GID table, empty entries counted
 * @param maxMessageBytes of one work request
 */
public record PortInfo(boolean active, int mtuBytes, int gidEntries, long maxMessageBytes) {
    private static final int ACTIVE = 4;

    static PortInfo query(long context, int port) throws IOException {
        long[] out = new long[5];
        NativeVerbs.queryPort(context, port, out);
        int mtu = out[1] >= 1 && out[1] <= 5 ? 128 << out[1] : 0;
        return new PortInfo(out[0] == ACTIVE, mtu, (int) out[2], out[3]);
    }
}
