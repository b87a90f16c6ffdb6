package io.mooncake4j.transfer.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls over one connection that is made anew whenever it is lost; calls wait for it until their deadlines. What
 * is not said to be for any thread runs on the link's event loop.
 */
final class ClientLink {
    /** How often a server that owes answers is looked at until it counts as silent. */
    private static final int LOOKS = 2;

    private final RpcClientOptions options;
    private final Semaphore permits;
    private final EventLoop loop;
    private final Connector connector;
    private final LoopQueue<PendingCall<?>> started;

    private final LongObjectHashMap<PendingCall<?>> calls = new LongObjectHashMap<>();
    private long lastId;
    private @Nullable ClientConnection current;
    private @Nullable ScheduledFuture<?> timer;
    private long timerAtNanos;
    private boolean watching;
    private volatile boolean closed;

    /** Each call that is started returns its permits when it ends. */
    ClientLink(RpcClientOptions options, EventLoops loops, Semaphore permits) {
        this.options = options;
        this.permits = permits;
        this.loop = loops.group().next();
        this.started = new LoopQueue<>(loop, this::accept, this::flush, this::turnAway);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(loops.channelType())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.connectTimeout.toMillis());
        this.connector = new Connector(options, bootstrap, loop, this);
        loop.execute(connector::connect);
    }

    /** Any thread. */
    void start(PendingCall<?> call) {
        started.add(call);
    }

    /** Whether the caller is the thread that would complete its call. */
    boolean onLoop() {
        return loop.inEventLoop();
    }

    /** Any thread. */
    void close() {
        closed = true;
        loop.execute(this::closeOnLoop);
    }

    private void closeOnLoop() {
        connector.close();
        endCalls(call -> true, call -> closedException(call.connection != null));
        if (current != null) {
            current.retire();
        }
    }

    static RpcException closedException(boolean maybeDelivered) {
        return new RpcException(ErrorCode.CLOSED, "the client is closed", maybeDelivered, null);
    }

    /** The server that leads is found; sameServer: it is the one that was connected last. */
    void connected(ClientConnection connection, boolean sameServer) {
        ClientConnection before = current;
        if (closed || (before != null && sameServer)) {
            connection.retire();
            return;
        }
        connection.adopt();
        current = connection;
        if (before != null) {
            before.abandon("it is silent, and " + connection.peer() + " leads");
        }
        for (var entry : calls.entries()) {
            if (entry.value().connection == null) {
                send(entry.key(), entry.value(), connection);
            }
        }
        connection.flush();
    }

    void lost(ClientConnection connection, ErrorCode code, String reason) {
        if (connection == current) {
            current = null;
            connector.lost(reason);
        }
        String where = " to " + connection.peer() + " was cut off: " + reason;
        endCalls(
                call -> call.connection == connection, call -> new RpcException(code, call.method + where, true, null));
    }

    void answered(long id, byte[] body) {
        connector.succeeded();
        PendingCall<?> call = calls.remove(id);
        if (call != null) {
            complete(call, body);
        }
    }

    void refused(ClientConnection connection, long id, StoreException error) {
        HostPort leader = NotLeader.leader(error.reason()).orElse(null);
        if (error.code() != ErrorCode.NOT_LEADER) {
            connector.succeeded();
        } else if (connection == current && (connector.hasChoice() || leader != null)) {
            current = null;
            connector.deposed(error.code() + ": " + error.reason(), leader);
            connection.retire();
        }
        end(id, error);
    }

    void failed(long id, ErrorCode code, String text) {
        end(id, new RpcException(code, text, true, null));
    }

    private void accept(PendingCall<?> call) {
        if (closed) {
            turnAway(call);
            return;
        }
        long remainingNanos = call.deadline.remainingNanos();
        if (remainingNanos <= 0) {
            end(call, timeout(call));
            return;
        }
        long id = ++lastId;
        calls.put(id, call);
        arm(remainingNanos);
        if (current != null) {
            send(id, call, current);
        }
    }

    private void turnAway(PendingCall<?> call) {
        end(call, closedException(false));
    }

    private void flush() {
        if (current != null) {
            current.flush();
        }
    }

    private void send(long id, PendingCall<?> call, ClientConnection connection) {
        ByteBuf frame = call.frame;
        if (frame != null) {
            Frame.stamp(frame, id, Math.max(0, TimeUnit.NANOSECONDS.toMicros(call.deadline.remainingNanos())));
            call.frame = null;
            call.connection = connection;
            connection.inFlight++;
            connection.write(frame);
            watch(connection);
        }
    }

    private void watch(ClientConnection connection) {
        if (!watching && connector.hasChoice()) {
            watching = true;
            scheduleLook(connection, connection.readings(), 0);
        }
    }

    private void scheduleLook(ClientConnection connection, int readings, int silentLooks) {
        loop.schedule(
                () -> look(connection, readings, silentLooks),
                options.silenceTimeout.toNanos() / LOOKS,
                TimeUnit.NANOSECONDS);
    }

    /** A server that is stopped keeps its connections, and says nothing. */
    private void look(ClientConnection connection, int readings, int silentLooks) {
        boolean silent = connection.readings() == readings;
        if (connection != current || connection.inFlight == 0 || closed) {
            watching = false;
            if (current != null) {
                connector.trust();
                if (current.inFlight > 0) {
                    watch(current);
                }
            }
            return;
        }
        if (!silent) {
            connector.trust();
        } else if (silentLooks + 1 >= LOOKS) {
            connector.doubt();
        }
        scheduleLook(connection, connection.readings(), silent ? silentLooks + 1 : 0);
    }

    private <T> void complete(PendingCall<T> call, byte[] body) {
        try {
            T answer = call.parser.parseFrom(body);
            release(call);
            call.complete(answer);
        } catch (InvalidProtocolBufferException e) {
            end(call, new RpcException(ErrorCode.RPC_FAIL, "the answer of " + call.method + " is malformed", true, e));
        }
    }

    private void end(long id, StoreException failure) {
        PendingCall<?> call = calls.remove(id);
        if (call != null) {
            end(call, failure);
        }
    }

    private void end(PendingCall<?> call, StoreException failure) {
        release(call);
        call.completeExceptionally(failure);
    }

    private void release(PendingCall<?> call) {
        if (call.frame != null) {
            call.frame.release();
            call.frame = null;
        }
        if (call.connection != null) {
            call.connection.callEnded();
        }
        permits.release(call.permits);
    }

    private void endCalls(Predicate<PendingCall<?>> which, Function<PendingCall<?>, StoreException> failure) {
        List<Long> ids = new ArrayList<>();
        for (var entry : calls.entries()) {
            if (which.test(entry.value())) {
                ids.add(entry.key());
            }
        }
        for (long id : ids) {
            PendingCall<?> call = calls.remove(id);
            end(call, failure.apply(call));
        }
    }

    /** One timer for all calls: it stands at or before the earliest deadline, and usually fires once per deadline. */
    private void arm(long remainingNanos) {
        long atNanos = System.nanoTime() + remainingNanos;
        if (timer != null) {
            if (atNanos - timerAtNanos >= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerAtNanos = atNanos;
        timer = loop.schedule(this::expire, remainingNanos, TimeUnit.NANOSECONDS);
    }

    private void expire() {
        timer = null;
        endCalls(call -> call.deadline.expired(), this::timeout);
        long earliestNanos = Long.MAX_VALUE;
        for (PendingCall<?> call : calls.values()) {
            earliestNanos = Math.min(earliestNanos, call.deadline.remainingNanos());
        }
        if (!calls.isEmpty()) {
            arm(earliestNanos);
        }
    }

    private RpcException timeout(PendingCall<?> call) {
        ClientConnection sentTo = call.connection;
        String text = sentTo != null
                ? call.method + " got no answer from " + sentTo.peer() + " within its deadline"
                : call.method + " found no connection to " + options.addresses + " within its deadline; last failure: "
                        + connector.lastFailure();
        return new RpcException(ErrorCode.RPC_TIMEOUT, text, sentTo != null, null);
    }
}
