package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Opens the data connections on which another transport's access to a node hangs. Safe for all threads. */
public final class Leashes {
    private final HostLookup hosts = new HostLookup(InetAddress::getByName);
    private final long connectNanos;

    /** @param connectTimeout within which the node must have greeted us */
    public Leashes(Duration connectTimeout) {
        this.connectNanos = connectTimeout.toNanos();
    }

    /**
     * Connects as the token's client, and asks the node for so many lanes; blocks until the deadline at the longest.
     *
     * @throws IOException if the node can't be reached, or breaks off
     * @throws io.mooncake4j.transfer.wire.StoreException if it refuses, with its reason; RPC_TIMEOUT; TRANSFER_FAIL if
     *     interrupted or if the host is unknown
     */
    public Leash open(SegmentTarget target, int lanes, Deadline deadline) throws IOException {
        AccessToken token = target.token();
        Peer peer = Peer.of(target);
        Deadline due = deadline.orAfterNanos(connectNanos);
        InetAddress host = hosts.find(peer.host(), due);
        SocketChannel channel = SocketChannel.open();
        Leash leash = null;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            PassageConversation.probeSilence(channel);
            Leash opened = new Leash(peer, channel);
            opened.connect(new InetSocketAddress(host, peer.port()), due);
            opened.greet(due);
            opened.ask(token, lanes, deadline);
            leash = opened;
            return opened;
        } finally {
            if (leash == null) {
                channel.close();
            }
        }
    }
}
