package io.mooncake4j.transfer.rpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

/** Which of this machine's addresses others see. */
public final class OwnAddress {
    private OwnAddress() {}

    /**
     * The one that packets to a peer leave from. Sends nothing: connecting a datagram socket asks the routing table.
     *
     * @param peer resolved
     * @throws IOException if there is no route to it
     */
    public static String towards(InetSocketAddress peer) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(peer);
            return ((InetSocketAddress) channel.getLocalAddress()).getAddress().getHostAddress();
        }
    }
}
