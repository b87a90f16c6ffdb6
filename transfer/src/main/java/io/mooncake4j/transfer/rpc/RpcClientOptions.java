package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.HostPort;
import java.time.Duration;
import java.util.List;

/** Settings of an {@link RpcClient}. */
public final class RpcClientOptions {
    final List<HostPort> addresses;
    final Duration connectTimeout;
    final int connections;
    final int maxInFlight;
    final int maxFrameBytes;
    final Duration backoffMin;
    final Duration backoffMax;
    final Duration heartbeat;
    final Duration deadPeerTimeout;
    final Duration silenceTimeout;
    final boolean nativeTransport;
    final Duration busyPoll;

    private RpcClientOptions(Builder builder) {
        this.addresses = builder.addresses;
        this.connectTimeout = builder.connectTimeout;
        this.connections = builder.connections;
        this.maxInFlight = builder.maxInFlight;
        this.maxFrameBytes = builder.maxFrameBytes;
        this.backoffMin = builder.backoffMin;
        this.backoffMax = builder.backoffMax;
        this.heartbeat = builder.heartbeat;
        this.deadPeerTimeout = builder.deadPeerTimeout;
        this.silenceTimeout = builder.silenceTimeout;
        this.nativeTransport = builder.nativeTransport;
        this.busyPoll = builder.busyPoll;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; each has a default but the addresses. */
    public static final class Builder {
        private List<HostPort> addresses = List.of();
        private Duration connectTimeout = Duration.ofSeconds(2);
        private int connections = 1;
        private int maxInFlight = 1024;
        private int maxFrameBytes = 16 << 20;
        private Duration backoffMin = Duration.ofMillis(20);
        private Duration backoffMax = Duration.ofSeconds(2);
        private Duration heartbeat = Duration.ofSeconds(2);
        private Duration deadPeerTimeout = Duration.ofSeconds(6);
        private Duration silenceTimeout = Duration.ofSeconds(1);
        private boolean nativeTransport = true;
        private Duration busyPoll = BusyPoll.DEFAULT;

        private Builder() {}

        /**
         * Several are one service, of which one leads: the client asks all of them, and stays with that one as long as it
         * leads and answers.
         */
        public Builder addresses(List<HostPort> value) {
            addresses = List.copyOf(value);
            return this;
        }

        /** Default 2 s. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Default 1: calls are pipelined. */
        public Builder connections(int value) {
            connections = value;
            return this;
        }

        /** Calls without an answer; a request of n times 64 KiB counts as n more. Default 1024. */
        public Builder maxInFlight(int value) {
            maxInFlight = value;
            return this;
        }

        /** Header included. Default 16 MiB. */
        public Builder maxFrameBytes(int value) {
            maxFrameBytes = value;
            return this;
        }

        /** Wait after the first failure; doubled, with jitter, each time all addresses failed. Default 20 ms. */
        public Builder backoffMin(Duration value) {
            backoffMin = value;
            return this;
        }

        /** Default 2 s. */
        public Builder backoffMax(Duration value) {
            backoffMax = value;
            return this;
        }

        /** Something is sent to the server at least this often. Default 2 s. */
        public Builder heartbeat(Duration value) {
            heartbeat = value;
            return this;
        }

        /** A server from which nothing came for this long is dead. Several heartbeats of the server. Default 6 s. */
        public Builder deadPeerTimeout(Duration value) {
            deadPeerTimeout = value;
            return this;
        }

        /**
         * Where there are several servers: how long one may take to say whether it leads; and when the one that led owes
         * answers and says nothing for so long, the others are asked. Default 1 s.
         */
        public Builder silenceTimeout(Duration value) {
            silenceTimeout = value;
            return this;
        }

        /** Use epoll where there is one; else NIO. Default true. */
        public Builder nativeTransport(boolean value) {
            nativeTransport = value;
            return this;
        }

        /**
         * How long an event loop, and one waiting caller, look for more before they sleep, as long as that pays; 0:
         * never. Default 200 µs.
         */
        public Builder busyPoll(Duration value) {
            busyPoll = value;
            return this;
        }

        public RpcClientOptions build() {
            return new RpcClientOptions(this);
        }
    }
}
