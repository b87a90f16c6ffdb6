package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.pool.ConnectionPool;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The client's side of transfers over TCP: the calling thread itself sends and receives, on a connection that is its
 * own meanwhile. Interrupting it drops that connection.
 */
public final class TcpTransport implements Transport {
    private final TcpTransportOptions options;
    private final HostLookup hosts;
    private final OverdueWatch watch;
    private final Connections connections = new Connections();
    private final ConnectionPool<Peer, PeerConnection> pool;
    private final AtomicLong requestIds = new AtomicLong();

    public TcpTransport(TcpTransportOptions options) {
        this(options, InetAddress::getByName);
    }

    TcpTransport(TcpTransportOptions options, HostLookup.Names names) {
        this.options = options;
        this.hosts = new HostLookup(names);
        this.pool = new ConnectionPool<>(options.connectionsPerPeer(), connections::close);
        this.watch = new OverdueWatch(pool::retireIdle);
        watch.start();
    }

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public void run(SegmentTransfer transfer, Deadline deadline) {
        List<? extends TransferOp> ops = transfer.ops();
        Peer peer = Peer.of(transfer.target());
        boolean goOn = true;
        for (int from = 0; from < ops.size(); ) {
            Exchange exchange = new Exchange(transfer.target().token(), ops, from);
            if (goOn) {
                goOn = run(exchange, peer, deadline);
            } else {
                exchange.fail(ErrorCode.TRANSFER_FAIL, "node " + peer + " failed an earlier operation");
            }
            from = exchange.to();
        }
    }

    @Override
    public void close() {
        pool.close();
        watch.close();
    }

    /** Returns whether the peer answered. */
    private boolean run(Exchange exchange, Peer peer, Deadline deadline) {
        for (boolean fresh = false; ; fresh = true) {
            PeerConnection connection;
            try {
                connection = take(peer, fresh, deadline);
            } catch (StoreException e) {
                exchange.fail(e.code(), "node " + peer + ": " + e.getMessage());
                return false;
            } catch (IOException | RuntimeException | Error e) {
                exchange.fail(cause(e, false), "node " + peer + " can't be reached: " + e);
                return false;
            }
            watch.begin(connection, deadline.atNanos());
            try {
                exchange.run(connection, requestIds.incrementAndGet());
                if (connection.finish()) {
                    pool.give(connection);
                } else {
                    pool.drop(connection);
                }
                return true;
            } catch (IOException | RuntimeException | Error e) {
                boolean overdue = !connection.finish();
                pool.drop(connection);
                boolean stale = connection.pooled() && e instanceof IOException && exchange.repeatable();
                if (!stale
                        || fresh
                        || overdue
                        || watch.closed()
                        || Thread.currentThread().isInterrupted()) {
                    exchange.fail(cause(e, overdue), describe(peer, e, overdue));
                    return false;
                }
            }
        }
    }

    private PeerConnection take(Peer peer, boolean fresh, Deadline deadline) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreException(ErrorCode.TRANSFER_FAIL, "the calling thread was interrupted");
        }
        if (deadline.expired()) {
            throw new StoreException(ErrorCode.RPC_TIMEOUT, "the deadline had passed");
        }
        if (fresh) {
            pool.dropIdle(peer);
        }
        PeerConnection idle = pool.takeIdleOrSlot(peer, deadline);
        if (idle != null) {
            return idle;
        }
        PeerConnection opened = null;
        try {
            opened = connections.open(peer, deadline);
            return opened;
        } finally {
            if (opened == null) {
                pool.freeSlot(peer);
            }
        }
    }

    private ErrorCode cause(Throwable e, boolean overdue) {
        if (overdue) {
            return ErrorCode.RPC_TIMEOUT;
        }
        if (watch.closed()) {
            return ErrorCode.CLOSED;
        }
        return e instanceof IOException ? ErrorCode.TRANSFER_FAIL : ErrorCode.INTERNAL_ERROR;
    }

    private static String describe(Peer peer, Throwable e, boolean overdue) {
        return "node " + peer + ": " + (overdue ? "no answer before the deadline" : "the connection failed: " + e);
    }

    private final class Connections {
        PeerConnection open(Peer peer, Deadline deadline) throws IOException {
            Deadline due = deadline.orAfterNanos(options.connectTimeout().toNanos());
            InetAddress host = hosts.find(peer.host(), due);
            SocketChannel channel = SocketChannel.open();
            PeerConnection connection = null;
            boolean greeted = false;
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                long millis = TimeUnit.NANOSECONDS.toMillis(due.remainingNanos());
                channel.socket().connect(new InetSocketAddress(host, peer.port()), (int) Math.max(1, millis));
                connection = new PeerConnection(peer, channel, options.sliceBytes());
                greet(connection, due);
                greeted = true;
                return connection;
            } catch (OutOfMemoryError e) {
                throw new IOException("no memory for another connection; raise -XX:MaxDirectMemorySize", e);
            } finally {
                if (!greeted) {
                    channel.close();
                    if (connection != null) {
                        watch.remove(connection);
                    }
                }
            }
        }

        private void greet(PeerConnection connection, Deadline due) throws IOException {
            watch.add(connection);
            watch.begin(connection, due.atNanos());
            try {
                connection.greet();
            } catch (IOException e) {
                throw connection.finish() ? e : new IOException("it did not greet us in time", e);
            }
            if (!connection.finish()) {
                throw new IOException("it did not greet us in time");
            }
        }

        void close(PeerConnection connection) {
            connection.close();
            watch.remove(connection);
        }
    }
}
