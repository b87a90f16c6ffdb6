package io.mooncake4j.transfer.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server in a {@link Connector}'s search: connects to it, asks whether it leads, and after a pause again, until the
 * search stops. Runs on the link's event loop.
 */
final class Candidate {
    private static final int MAX_DOUBLINGS = 30;
    /** A server that answers is asked again at least so often: it may lead any time. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long LONGEST_PAUSE_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    final HostPort address;
    private final Connector search;
    private final RpcClientOptions options;
    private final EventLoop loop;

    private int hostsFound = 1;
    private int turns;
    /** Since it last was of use. */
    private int failures;

    private int asked;
    private boolean hurried;
    /** Whatever belongs to an earlier attempt comes too late. */
    private int attempt;

    private @Nullable Channel connecting;
    private @Nullable ClientConnection connection;
    private boolean pausing;
    private @Nullable Future<?> timer;

    Candidate(HostPort address, Connector search, RpcClientOptions options, EventLoop loop) {
        this.address = address;
        this.search = search;
        this.options = options;
        this.loop = loop;
    }

    boolean isOneOfSeveralHosts() {
        return hostsFound > 1;
    }

    /** It answered a call. */
    void succeeded() {
        failures = 0;
    }

    /** Its connection is gone, or it is no use. */
    void countFailure() {
        failures++;
    }

    /** Joins a search, soon: many clients may have lost the same server at the same time. */
    void begin() {
        asked = 0;
        hurried = false;
        connectAfter(failures > 0 ? pauseAfterFailureNanos() : jittered(options.backoffMin.toNanos()));
    }

    /** The same without any wait. */
    void connectNow() {
        connectAfter(0);
    }

    private void connectAfter(long delayNanos) {
        stop();
        int mine = attempt;
        pausing = true;
        timer = loop.schedule(() -> connect(mine), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Leaves the search. A connect in progress is broken off: its socket could outlive the event loop. */
    void stop() {
        attempt++;
        endTimer();
        if (connecting != null) {
            connecting.close();
            connecting = null;
        }
        if (connection != null) {
            connection.retire();
            connection = null;
        }
    }

    /** Others say that it leads: its pause ends; once a search, for they may be wrong for a while. */
    void hurry() {
        if (!hurried && pausing) {
            hurried = true;
            if (connection == null) {
                connectNow();
            } else {
                ask(attempt);
            }
        }
    }

    private void endTimer() {
        pausing = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void connect(int mine) {
        if (mine != attempt) {
            return;
        }
        endTimer();
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(address.host());
        if (literal != null) {
            open(literal, mine);
        } else {
            lookUp(mine);
        }
    }

    /** Looking up a name blocks, so a thread of its own does it. */
    private void lookUp(int mine) {
        Thread thread = new Thread(
                () -> {
                    try {
                        InetAddress[] found = find(address.host());
                        loop.execute(() -> found(found, mine));
                    } catch (RejectedExecutionException ignored) {
                        // closed meanwhile
                    }
                },
                "mooncake4j-lookup-" + address.host());
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

    private void found(InetAddress @Nullable [] found, int mine) {
        if (mine != attempt) {
            return;
        }
        if (found == null) {
            failed("the host name " + address.host() + " is unknown");
        } else {
            hostsFound = found.length;
            open(found[Math.floorMod(turns++, found.length)], mine);
        }
    }

    private void open(InetAddress host, int mine) {
        ChannelFuture started = search.connect(this, host, mine);
        connecting = started.channel();
        started.addListener(outcome -> {
            if (mine == attempt && !outcome.isSuccess()) {
                connecting = null;
                failed(String.valueOf(outcome.cause().getMessage()));
            }
        });
    }

    /** The connection of an attempt is established. */
    void opened(ClientConnection established, int ofAttempt) {
        if (ofAttempt != attempt) {
            established.retire();
            return;
        }
        connecting = null;
        connection = established;
        if (search.hasChoice()) {
            ask(ofAttempt);
        } else {
            won(established);
        }
    }

    private void ask(int mine) {
        ClientConnection open = connection;
        if (mine != attempt || open == null) {
            return;
        }
        endTimer();
        open.askRole(options.silenceTimeout);
        timer = loop.schedule(
                () -> {
                    if (mine == attempt) {
                        failed("it did not say in time whether it leads");
                    }
                },
                options.silenceTimeout.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** It said whether it leads. */
    void answered(ClientConnection from, byte[] body) {
        if (from != connection) {
            return;
        }
        RoleResponse role;
        try {
            role = RoleResponse.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            failed("it answered " + e.getMessage());
            return;
        }
        if (role.getLeads()) {
            won(from);
        } else {
            follows(role.getLeader().isEmpty() ? null : leader(role.getLeader()));
        }
    }

    private static @Nullable HostPort leader(String text) {
        try {
            return HostPort.parse(text);
        } catch (StoreException e) {
            return null;
        }
    }

    /** It did not want to say whether it leads. */
    void refused(ClientConnection from, ErrorCode code, String text) {
        if (from != connection) {
            return;
        }
        switch (code) {
            case NOT_LEADER -> follows(NotLeader.leader(text).orElse(null));
            case NOT_SUPPORTED -> won(from); // of a time when there was only one master
            default -> failed(code + ": " + text);
        }
    }

    private void follows(@Nullable HostPort leader) {
        int mine = attempt;
        failures = 0;
        endTimer();
        pausing = true;
        long pauseNanos = Math.min(doubled(asked++), LONGEST_PAUSE_NANOS);
        timer = loop.schedule(() -> ask(mine), jittered(pauseNanos), TimeUnit.NANOSECONDS);
        search.doesNotLead(this, leader);
    }

    /** The connection ended before it was won. */
    void lost(ClientConnection ended, String reason) {
        if (ended == connection) {
            connection = null;
            failed(reason);
        }
    }

    private void failed(String reason) {
        failures++;
        search.failed(this, reason);
        connectAfter(pauseAfterFailureNanos());
    }

    private void won(ClientConnection winner) {
        attempt++;
        endTimer();
        connection = null;
        search.won(this, winner);
    }

    private long pauseAfterFailureNanos() {
        long longestNanos = options.backoffMax.toNanos();
        if (search.hasChoice()) {
            longestNanos = Math.min(longestNanos, LONGEST_PAUSE_AFTER_FAILURE_NANOS);
        }
        return jittered(Math.min(doubled(failures - 1), longestNanos));
    }

    private long doubled(int times) {
        return options.backoffMin.toNanos() << Math.min(times, MAX_DOUBLINGS);
    }

    private static long jittered(long nanos) {
        return (long) (nanos * ThreadLocalRandom.current().nextDouble(0.5, 1.0));
    }
}
