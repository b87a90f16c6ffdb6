package io.mooncake4j.transfer.http;

import java.time.Duration;

/**
 * Where a server listens, and its bounds.
 *
 * @param port 0 for any that is free
 * @param flag what to change if the port is taken, for people
 * @param requestTimeout how long a new connection may take for its first request
 * @param idleTimeout how long a connection may do nothing between two requests; longer than Prometheus scrapes apart
 */
public record HttpServerOptions(
        String bindHost, int port, String flag, int maxConnections, Duration requestTimeout, Duration idleTimeout) {

    public static HttpServerOptions of(String bindHost, int port, String flag) {
        return new HttpServerOptions(bindHost, port, flag, 256, Duration.ofSeconds(10), Duration.ofSeconds(90));
    }
}
