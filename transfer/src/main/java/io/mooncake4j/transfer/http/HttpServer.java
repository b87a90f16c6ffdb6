package io.mooncake4j.transfer.http;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Serves routes over HTTP/1.1: one thread for connections and quick answers, two for the others. Netty, which the control
 * protocol has anyway: the JDK's own server reads each request on a thread that it blocks, so that a few slow callers would
 * keep the probes out.
 */
public final class HttpServer implements AutoCloseable {
    /** A key has 4 KiB at most, three characters a byte in a URL, and some are asked for at once. */
    private static final int LINE_BYTES = 128 << 10;

    private static final int HEADER_BYTES = 16 << 10;
    private static final int BODY_BYTES = 64 << 10;
    private static final int WORKERS = 2;
    private static final int QUEUED_REQUESTS = 64;
    private static final int STOP_SECONDS = 5;

    private final HttpServerOptions options;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("http", true), NioIoHandler.newFactory());
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED_REQUESTS),
            new DefaultThreadFactory("http-worker", true));
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final Channel listener;

    private HttpServer(HttpServerOptions options, HttpRoutes routes) {
        this.options = options;
        workers.allowCoreThreadTimeOut(true);
        InetSocketAddress address = new InetSocketAddress(options.bindHost(), options.port());
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, routes);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        listener = bound.channel();
        if (!bound.isSuccess()) {
            stop();
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "cannot listen for HTTP on " + options.bindHost() + ":" + options.port() + ": "
                            + (address.isUnresolved()
                                    ? "the host is unknown"
                                    : bound.cause().getMessage())
                            + "; choose another port by " + options.flag(),
                    bound.cause());
        }
    }

    /**
     * Binds and serves.
     *
     * @throws StoreException INVALID_PARAMS if the address can't be bound
     */
    public static HttpServer start(HttpServerOptions options, HttpRoutes routes) {
        return new HttpServer(options, routes);
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void accept(Channel channel, HttpRoutes routes) {
        if (connections.size() >= options.maxConnections()) {
            channel.close();
            return;
        }
        connections.add(channel);
        channel.pipeline()
                .addLast(new HttpServerCodec(LINE_BYTES, HEADER_BYTES, HEADER_BYTES))
                .addLast(new HttpObjectAggregator(BODY_BYTES, true))
                .addLast(new FlowControlHandler()) // one request at a time, however many were sent ahead
                .addLast(new HttpConnection(options, routes, workers));
    }

    /** Stops accepting and closes all connections. Not from a handler. Closing again does nothing. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        stop();
    }

    private void stop() {
        workers.shutdownNow();
        loop.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
