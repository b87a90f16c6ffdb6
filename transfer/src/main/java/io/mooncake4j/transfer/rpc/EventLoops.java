package io.mooncake4j.transfer.rpc;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Daemon event loops and the channel types that fit them: epoll where there is one, else NIO. */
record EventLoops(
        EventLoopGroup group, Class<? extends Channel> channelType, Class<? extends ServerChannel> serverChannelType) {

    private static final int STOP_SECONDS = 5;

    static EventLoops start(String threadName, int threads, boolean nativeTransport, Duration busyPoll) {
        DefaultThreadFactory factory = new DefaultThreadFactory(threadName, true);
        if (nativeTransport && Epoll.isAvailable()) {
            return new EventLoops(
                    new MultiThreadIoEventLoopGroup(
                            threads, factory, EpollIoHandler.newFactory(0, BusySelect.factory(busyPoll))),
                    EpollSocketChannel.class,
                    EpollServerSocketChannel.class);
        }
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(
                        threads,
                        factory,
                        NioIoHandler.newFactory(SelectorProvider.provider(), BusySelect.factory(busyPoll))),
                NioSocketChannel.class,
                NioServerSocketChannel.class);
    }

    /** Waits for the threads to end, unless called on one of them. */
    void stop() {
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
        boolean onLoop = false;
        for (var loop : group) {
            onLoop |= loop.inEventLoop();
        }
        if (!onLoop) {
            group.terminationFuture().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
    }
}
