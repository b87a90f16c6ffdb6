package io.mooncake4j.transfer.tcp;

import java.time.Duration;

/**
 * How a client reaches nodes over TCP.
 *
 * @param connectionsPerPeer at most so many to one node and session; further callers wait
 * @param sliceBytes at most so many payload bytes in one system call
 */
public record TcpTransportOptions(int connectionsPerPeer, Duration connectTimeout, int sliceBytes) {
    public static final TcpTransportOptions DEFAULT = new TcpTransportOptions(4, Duration.ofSeconds(2), 1 << 20);
}
