package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.SessionTable;
import java.io.IOException;

/** Serves the regions of one segment over TCP, one thread a connection. */
public final class TcpDataServer implements AutoCloseable {
    private TcpDataServer() {}

    /** Listens; the port is taken when this returns. */
    public static TcpDataServer start(
            TcpServerOptions options, Regions regions, AccessGate gate, SessionTable sessions, AccessHook hook)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    public int port() {
        throw new UnsupportedOperationException();
    }

    /** Closes all connections; when it returns none of their threads copies any more. */
    @Override
    public void close() {}
}
