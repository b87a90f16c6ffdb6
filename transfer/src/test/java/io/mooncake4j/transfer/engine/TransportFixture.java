package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.server.AccessHook;

/** One transport for a {@link TransportCase}. */
public interface TransportFixture {
    /** When a token is held against what it is used for (S3). */
    enum TokenCheck {
        /** By the node, at every access. */
        AT_EACH_ACCESS,
        /**
         * By the node when the session is let in; at an access by nobody but the client itself, since one-sided access
         * passes through no check at the node.
         */
        WHEN_LET_IN
    }

    /** Serves the node's memory on a free port of {@link #host}. */
    RunningNode start(TestNode node, AccessHook hook) throws Exception;

    /** A client's side. */
    Transport newTransport();

    /** Where nodes are served. */
    default String host() {
        return "127.0.0.1";
    }

    default TokenCheck tokenCheck() {
        return TokenCheck.AT_EACH_ACCESS;
    }

    /** The served node. */
    interface RunningNode extends AutoCloseable {
        int port();

        /** Breaks all connections, as the end of the process would. May be called again. */
        @Override
        void close();
    }
}
