package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Serves calls. */
public final class RpcServer implements AutoCloseable {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 256 << 10);
    private static final int BACKLOG = 1024;

    private final RpcServerOptions options;
    private final RpcHandler handler;
    private final EventLoops loops;
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final Channel listener;
    private boolean closed;

    private RpcServer(RpcServerOptions options, RpcHandler handler) {
        this.options = options;
        this.handler = handler;
        this.loops =
                EventLoops.start("mooncake4j-rpc-server", options.threads, options.nativeTransport, options.busyPoll);
        InetSocketAddress address = new InetSocketAddress(options.bindHost, options.port);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannelType())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        this.listener = bound.channel();
        if (!bound.isSuccess()) {
            loops.stop();
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "cannot listen on " + options.bindHost + ":" + options.port + ": "
                            + (address.isUnresolved()
                                    ? "the host is unknown"
                                    : bound.cause().getMessage())
                            + "; choose another host or port",
                    bound.cause());
        }
    }

    /**
     * Binds and serves.
     *
     * @throws StoreException INVALID_PARAMS if the address can't be bound
     */
    public static RpcServer start(RpcServerOptions options, RpcHandler handler) {
        return new RpcServer(options, handler);
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void accept(Channel channel) {
        ServerConnection connection = new ServerConnection(options, handler);
        channel.pipeline().addLast(connection);
        if (connections.size() >= options.maxConnections) {
            connection.turnAway(
                    ErrorCode.OVERLOADED, "the server has its maximum of " + options.maxConnections + " connections");
        } else {
            connections.add(channel);
        }
    }

    /**
     * Stops accepting, lets answers in flight out for a bounded time, closes all connections. Not from a handler. Closing
     * again does nothing.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        listener.close().awaitUninterruptibly();
        for (Channel channel : connections) {
            ServerConnection connection = channel.pipeline().get(ServerConnection.class);
            if (connection != null) {
                channel.eventLoop().execute(connection::drain);
            }
        }
        connections.newCloseFuture().awaitUninterruptibly(options.closeTimeout.toNanos(), TimeUnit.NANOSECONDS);
        connections.close().awaitUninterruptibly();
        loops.stop();
    }
}
