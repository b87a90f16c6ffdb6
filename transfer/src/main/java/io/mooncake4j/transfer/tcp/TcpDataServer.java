package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.DirectAccess;
import io.mooncake4j.transfer.server.SessionTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the regions of one segment over TCP, one thread a connection. A thread of its own closes connections that
 * don't introduce themselves, or on which nothing moves, in time.
 */
public final class TcpDataServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpDataServer.class);
    private static final long CLOSE_SECONDS = 10;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

    private final TcpServerOptions options;
    private final NodeConnection.Node node;
    private final ServerSocketChannel listener;
    private final int port;
    private final long handshakeNanos;
    private final long idleNanos;
    /** Connections with a thread. */
    private final Map<NodeConnection, Thread> connections = new ConcurrentHashMap<>();

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread accepter = newThread("data-accept", this::acceptAll);

    private TcpDataServer(TcpServerOptions options, NodeConnection.Node node, ServerSocketChannel listener)
            throws IOException {
        this.options = options;
        this.node = node;
        this.listener = listener;
        this.handshakeNanos = options.handshakeTimeout().toNanos();
        this.idleNanos = options.idleTimeout().toNanos();
        this.port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /**
     * Listens; the port is taken when this returns.
     *
     * @throws IOException if the address can't be bound
     */
    public static TcpDataServer start(
            TcpServerOptions options, Regions regions, AccessGate gate, SessionTable sessions, AccessHook hook)
            throws IOException {
        DirectAccess none = DirectAccess.none("this node serves TCP alone; start it with --protocol rdma");
        return start(options, regions, gate, sessions, hook, none);
    }

    /**
     * As above.
     *
     * @param direct the other way that a client may ask for on a connection
     */
    public static TcpDataServer start(
            TcpServerOptions options,
            Regions regions,
            AccessGate gate,
            SessionTable sessions,
            AccessHook hook,
            DirectAccess direct)
            throws IOException {
        int idleMillis = Math.toIntExact(options.idleTimeout().toMillis());
        NodeConnection.Node node = new NodeConnection.Node(regions, gate, sessions, hook, direct, idleMillis);
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.bind(new InetSocketAddress(options.bindHost(), options.port()), 1024);
            TcpDataServer server = new TcpDataServer(options, node, listener);
            server.accepter.start();
            newThread("data-idle", server::closeIdle).start();
            return server;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw new IOException(
                    "can't listen for data on " + options.bindHost() + ":" + options.port() + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return port;
    }

    /** How many connections are open. */
    public int connectionCount() {
        return connections.size();
    }

    /**
     * Frees the port, closes all connections and waits until none of their threads copies any more; for 10 s at the
     * longest, which it logs: {@link SessionTable#cutAll} says it for certain.
     */
    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
        } catch (IOException e) {
            LOG.warn("closing the data port {} failed: {}", port, e.getMessage());
        }
        connections.keySet().forEach(NodeConnection::close);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            // the kernel keeps the port until the thread has left accept()
            TimeUnit.NANOSECONDS.timedJoin(accepter, Math.max(1, deadline - System.nanoTime()));
            for (Thread thread : connections.values()) {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!connections.isEmpty()) {
            LOG.warn("{} threads of data port {} have not ended yet", connections.size(), port);
        }
    }

    private void acceptAll() {
        while (listener.isOpen()) {
            try {
                accept(listener.accept());
            } catch (IOException | OutOfMemoryError e) {
                if (listener.isOpen()) {
                    LOG.warn("accepting a data connection failed: {}", e.getMessage());
                    LockSupport.parkNanos(RETRY_NANOS); // out of descriptors, threads or memory, most likely
                }
            }
        }
    }

    private void accept(SocketChannel channel) throws IOException {
        boolean started = false;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (connections.size() >= options.maxConnections()) {
                NodeConnection.refuse(
                        channel, "this node serves its maximum of " + options.maxConnections() + " connections");
                return;
            }
            NodeConnection connection = new NodeConnection(node, channel);
            Thread thread = new Thread(() -> serve(connection), "data-" + THREAD_NUMBER.incrementAndGet());
            thread.setDaemon(true);
            connections.put(connection, thread);
            try {
                thread.start();
                started = true;
            } finally {
                if (!started) {
                    connections.remove(connection);
                }
            }
            if (closed.getCount() == 0) {
                connection.close(); // close() may have missed it
            }
        } finally {
            if (!started) {
                channel.close();
            }
        }
    }

    private void serve(NodeConnection connection) {
        try {
            connection.serve();
        } catch (IOException e) {
            LOG.debug("a data connection ended: {}", e.getMessage());
        } catch (RuntimeException | InternalError e) { // the latter is memory whose file was cut short
            LOG.error("a data connection failed", e);
        } finally {
            connection.close();
            connections.remove(connection);
        }
    }

    private void closeIdle() {
        Map<NodeConnection, Movement> movements = new HashMap<>();
        long tickNanos = Math.min(handshakeNanos, idleNanos) / 4 + 1;
        try {
            while (!closed.await(tickNanos, TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                movements.keySet().retainAll(connections.keySet());
                for (NodeConnection connection : connections.keySet()) {
                    if (movements
                            .computeIfAbsent(connection, c -> new Movement(now))
                            .overdue(connection, now)) {
                        connection.close();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread newThread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** When bytes of a connection last moved, as seen at ticks. */
    private final class Movement {
        private long sinceNanos;
        private long progress;

        Movement(long nowNanos) {
            this.sinceNanos = nowNanos;
        }

        boolean overdue(NodeConnection connection, long nowNanos) {
            if (!connection.admitted()) {
                return nowNanos - sinceNanos >= handshakeNanos; // a trickle is no introduction
            }
            long seen = connection.progress();
            if (seen != progress) {
                progress = seen;
                sinceNanos = nowNanos;
            }
            return nowNanos - sinceNanos >= idleNanos && !connection.mayBeSilent();
        }
    }
}
