package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.server.AccessHook;

/** One transport for a {@link TransportCase}. */
public interface TransportFixture {
    /** Serves the node's memory on a free port of 127.0.0.1. */
    RunningNode start(TestNode node, AccessHook hook) throws Exception;

    /** A client's side. */
    Transport newTransport();

    /** The served node. */
    interface RunningNode extends AutoCloseable {
        int port();

        /** Breaks all connections, as the end of the process would. May be called again. */
        @Override
        void close();
    }
}
