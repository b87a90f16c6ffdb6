package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections for one link, one at a time: chooses the address, finds its host, connects, and waits the longer
 * the more often all of that failed. Runs on the link's event loop.
 */
final class Connector {
    private static final int MAX_DOUBLINGS = 30;

    private final RpcClientOptions options;
    private final Bootstrap bootstrap;
    private final EventLoop loop;

    private int addressIndex;
    private int hostsFound = 1;
    /** Since the last success. */
    private int failures;

    private String lastFailure = "none yet";
    private @Nullable Channel connecting;
    private boolean closed;

    /** The bootstrap's handler learns of established connections. */
    Connector(RpcClientOptions options, Bootstrap bootstrap, EventLoop loop) {
        this.options = options;
        this.bootstrap = bootstrap;
        this.loop = loop;
    }

    String lastFailure() {
        return lastFailure;
    }

    /** Whether there is another server to turn to. */
    boolean hasChoice() {
        return options.addresses.size() > 1 || hostsFound > 1;
    }

    /** What was connected works. */
    void succeeded() {
        failures = 0;
    }

    /** The connection is gone: tries the same server after a while, the next if this one never answered. */
    void lost(String reason) {
        if (failures == 0) {
            retry(reason);
        } else {
            next(reason);
        }
    }

    /** The server is no use: tries the next after a while. */
    void next(String reason) {
        retry(reason);
        addressIndex++;
    }

    private void retry(String reason) {
        lastFailure = address() + ": " + reason;
        failures++;
        if (!closed) {
            loop.schedule(this::connect, backoffNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Also breaks off a connect in progress: its socket could outlive the event loop. */
    void close() {
        closed = true;
        if (connecting != null) {
            connecting.close();
        }
    }

    void connect() {
        if (closed) {
            return;
        }
        InetAddress literal =
                NetUtil.createInetAddressFromIpAddressString(address().host());
        if (literal != null) {
            open(literal);
        } else {
            lookUp(address().host());
        }
    }

    private HostPort address() {
        return options.addresses.get(addressIndex % options.addresses.size());
    }

    private long backoffNanos() {
        int rounds = (failures - 1) / options.addresses.size();
        long nanos = options.backoffMin.toNanos() << Math.min(rounds, MAX_DOUBLINGS);
        long capped = Math.min(nanos, options.backoffMax.toNanos());
        return (long) (capped * ThreadLocalRandom.current().nextDouble(0.5, 1.0));
    }

    /** Looking up a name blocks, so a thread of its own does it. */
    private void lookUp(String host) {
        Thread thread = new Thread(
                () -> {
                    try {
                        InetAddress[] found = find(host);
                        loop.execute(() -> found(host, found));
                    } catch (RejectedExecutionException ignored) {
                        // closed meanwhile
                    }
                },
                "mooncake4j-lookup-" + host);
        thread.setDaemon(true);
        thread.start();
    }

    private static InetAddress @Nullable [] find(String host) {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private void found(String host, InetAddress @Nullable [] found) {
        if (closed) {
            return;
        }
        if (found == null) {
            next("the host name " + host + " is unknown");
        } else {
            hostsFound = found.length;
            open(found[failures % found.length]);
        }
    }

    private void open(InetAddress host) {
        ChannelFuture started = bootstrap.connect(host, address().port());
        connecting = started.channel();
        started.addListener(attempt -> {
            connecting = null;
            if (!attempt.isSuccess()) {
                next(String.valueOf(attempt.cause().getMessage()));
            }
        });
    }
}
