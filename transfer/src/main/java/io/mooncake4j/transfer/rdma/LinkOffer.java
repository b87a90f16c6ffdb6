package io.mooncake4j.transfer.rdma;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Where a client may come by RDMA, and with what; big-endian: u16 version, u16 queue pairs, u32 IPv4 address, u16 port,
 * u16 0, u64 ticket.
 */
record LinkOffer(InetSocketAddress address, int queuePairs, long ticket) {
    private static final short VERSION = 1;
    private static final int BYTES = 20;
    private static final int IPV4_BYTES = 4;

    byte[] encode() {
        InetAddress ip = address.getAddress();
        if (!(ip instanceof Inet4Address)) {
            throw new IllegalArgumentException(address + " is no IPv4 address, which RDMA needs");
        }
        return ByteBuffer.allocate(BYTES)
                .putShort(VERSION)
                .putShort((short) queuePairs)
                .put(ip.getAddress())
                .putShort((short) address.getPort())
                .putShort((short) 0)
                .putLong(ticket)
                .array();
    }

    /** @throws IOException if it is none */
    static LinkOffer decode(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        short version = bytes.length < BYTES ? -1 : in.getShort();
        if (version != VERSION) {
            throw new IOException(
                    "the node's offer is of version " + version + ", not " + VERSION + "; update the older side");
        }
        int queuePairs = Short.toUnsignedInt(in.getShort());
        byte[] ip = new byte[IPV4_BYTES];
        in.get(ip);
        int port = Short.toUnsignedInt(in.getShort());
        in.getShort();
        return new LinkOffer(new InetSocketAddress(InetAddress.getByAddress(ip), port), queuePairs, in.getLong());
    }
}
