package io.mooncake4j.transfer.tcp;

import java.time.Duration;

/**
 * How a node serves TCP.
 *
 * @param port 0 chooses a free one
 * @param handshakeTimeout within which a new connection must have said who it is
 * @param idleTimeout after which a connection without any progress is closed
 */
public record TcpServerOptions(
        String bindHost, int port, int maxConnections, Duration handshakeTimeout, Duration idleTimeout) {

    /** Defaults for everything else. */
    public static TcpServerOptions of(String bindHost, int port) {
        return new TcpServerOptions(bindHost, port, 1024, Duration.ofSeconds(5), Duration.ofSeconds(60));
    }
}
