package io.mooncake4j.transfer.rpc;

import java.time.Duration;

/** Settings of an {@link RpcServer}. */
public final class RpcServerOptions {
    final String bindHost;
    final int port;
    final int maxFrameBytes;
    final int maxInFlightPerConnection;
    final int maxConnections;
    final Duration idleTimeout;
    final Duration heartbeat;
    final Duration closeTimeout;
    final int threads;
    final boolean nativeTransport;
    final Duration busyPoll;
    final RpcObserver observer;

    private RpcServerOptions(Builder builder) {
        this.bindHost = builder.bindHost;
        this.port = builder.port;
        this.maxFrameBytes = builder.maxFrameBytes;
        this.maxInFlightPerConnection = builder.maxInFlightPerConnection;
        this.maxConnections = builder.maxConnections;
        this.idleTimeout = builder.idleTimeout;
        this.heartbeat = builder.heartbeat;
        this.closeTimeout = builder.closeTimeout;
        this.threads = builder.threads;
        this.nativeTransport = builder.nativeTransport;
        this.busyPoll = builder.busyPoll;
        this.observer = builder.observer;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; each has a default. */
    public static final class Builder {
        private String bindHost = "0.0.0.0";
        private int port = 50051;
        private int maxFrameBytes = 16 << 20;
        private int maxInFlightPerConnection = 1024;
        private int maxConnections = 10_000;
        private Duration idleTimeout = Duration.ofSeconds(60);
        private Duration heartbeat = Duration.ofSeconds(2);
        private Duration closeTimeout = Duration.ofSeconds(2);
        private int threads = Math.min(Runtime.getRuntime().availableProcessors(), 4);
        private boolean nativeTransport = true;
        private Duration busyPoll = BusyPoll.DEFAULT;
        private RpcObserver observer = RpcObserver.NONE;

        private Builder() {}

        /** Default 0.0.0.0. */
        public Builder bindHost(String value) {
            bindHost = value;
            return this;
        }

        /** 0: any that is free. Default 50051. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Header included. Default 16 MiB. */
        public Builder maxFrameBytes(int value) {
            maxFrameBytes = value;
            return this;
        }

        /** Requests without an answer; at the limit the connection is not read. Default 1024, as many as a client of ours sends. */
        public Builder maxInFlightPerConnection(int value) {
            maxInFlightPerConnection = value;
            return this;
        }

        /** Further ones are refused with OVERLOADED. Default 10,000. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** A peer from which nothing came, or that took nothing, for this long is dead. Default 60 s. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /** Something is sent to each peer at least this often. Default 2 s. */
        public Builder heartbeat(Duration value) {
            heartbeat = value;
            return this;
        }

        /** How long closing waits for answers. Default 2 s. */
        public Builder closeTimeout(Duration value) {
            closeTimeout = value;
            return this;
        }

        /** Event loops. Default: one per core, at most 4. */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /** Use epoll where there is one; else NIO. Default true. */
        public Builder nativeTransport(boolean value) {
            nativeTransport = value;
            return this;
        }

        /** How long an event loop looks for more requests before it sleeps, as long as that pays; 0: never. Default 200 µs. */
        public Builder busyPoll(Duration value) {
            busyPoll = value;
            return this;
        }

        /** Who sees every answer. Default: nobody. */
        public Builder observer(RpcObserver value) {
            observer = value;
            return this;
        }

        public RpcServerOptions build() {
            return new RpcServerOptions(this);
        }
    }
}
