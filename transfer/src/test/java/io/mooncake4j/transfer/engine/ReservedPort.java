package io.mooncake4j.transfer.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of loopback at which nobody listens, until a server of ours does. A port that was merely free a moment ago may
 * become anybody's: the near end of a connection, or even both ends of one that is made to it.
 */
public final class ReservedPort implements AutoCloseable {
    private final Socket bound = new Socket();

    public ReservedPort() {
        try {
            // who listens says so, too, and so may bind the port beside us
            bound.setReuseAddress(true);
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int number() {
        return bound.getLocalPort();
    }

    @Override
    public void close() {
        try {
            bound.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
