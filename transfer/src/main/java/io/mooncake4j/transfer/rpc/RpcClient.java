package io.mooncake4j.transfer.rpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes calls. Safe for all threads. */
public final class RpcClient implements AutoCloseable {
    private static final int BYTES_PER_PERMIT = 64 << 10;
    /** How much later than its deadline a call ends if its event loop is stuck. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RpcClientOptions options;
    private final EventLoops loops;
    private final Semaphore permits;
    private final AwakeWait awake;
    private final List<ClientLink> links = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RpcClient(RpcClientOptions options) {
        this.options = options;
        this.loops = EventLoops.start(
                "mooncake4j-rpc-client", options.connections, options.nativeTransport, options.busyPoll);
        this.permits = new Semaphore(options.maxInFlight);
        this.awake = new AwakeWait(options.busyPoll);
        for (int i = 0; i < options.connections; i++) {
            links.add(new ClientLink(options, loops, permits));
        }
    }

    /**
     * Connects in the background; the server need not be up.
     *
     * @throws StoreException INVALID_PARAMS without an address
     */
    public static RpcClient create(RpcClientOptions options) {
        if (options.addresses.isEmpty()) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "no address of a server is given");
        }
        return new RpcClient(options);
    }

    /**
     * Starts a call. The future fails with a StoreException: the server's, or an {@link RpcException}; it is completed
     * on an event loop, so what depends on it must not block. Too much in flight: it fails at once with OVERLOADED.
     */
    public <T extends MessageLite> CompletableFuture<T> callAsync(
            Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        try {
            return start(nextLink(), method, request, parser, deadline, 0);
        } catch (RpcException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Makes a call; too much in flight: it waits until the deadline, then fails with OVERLOADED.
     *
     * @throws StoreException the server's, or an {@link RpcException}
     */
    public <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser, Deadline deadline) {
        ClientLink link = nextLink();
        if (link.onLoop()) {
            throw new IllegalStateException("a blocking call on the event loop that would answer it; use callAsync");
        }
        CompletableFuture<T> call = start(link, method, request, parser, deadline, deadline.remainingNanos());
        awake.await(call);
        try {
            return call.get(Math.max(0, deadline.remainingNanos()) + STUCK_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException known) {
                throw known;
            }
            throw new RpcException(ErrorCode.INTERNAL_ERROR, method + " failed: " + e.getCause(), true, e.getCause());
        } catch (TimeoutException e) {
            throw new RpcException(
                    ErrorCode.RPC_TIMEOUT, method + " got no answer: the client's event loop is stuck", true, e);
        } catch (InterruptedException e) {
            throw interrupted(method, true, e);
        }
    }

    /** Fails all calls in flight with CLOSED. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            for (ClientLink link : links) {
                link.close();
            }
            loops.stop();
        }
    }

    private ClientLink nextLink() {
        return links.size() == 1 ? links.get(0) : links.get(Math.floorMod(turn.getAndIncrement(), links.size()));
    }

    private <T extends MessageLite> CompletableFuture<T> start(
            ClientLink link, Method method, MessageLite request, Parser<T> parser, Deadline deadline, long waitNanos) {
        long frameBytes = (long) Frame.HEADER_BYTES + request.getSerializedSize();
        if (frameBytes > options.maxFrameBytes) {
            throw new RpcException(
                    ErrorCode.FRAME_TOO_LARGE,
                    method + " has " + frameBytes + " bytes, the limit is " + options.maxFrameBytes
                            + ": send smaller batches",
                    false,
                    null);
        }
        int needed = (int) Math.min(options.maxInFlight, 1 + frameBytes / BYTES_PER_PERMIT);
        acquire(method, needed, waitNanos);
        if (closed.get()) {
            permits.release(needed);
            throw ClientLink.closedException(false);
        }
        PendingCall<T> call = new PendingCall<>(method, deadline, parser, needed, encode(method, request, needed));
        link.start(call);
        return call;
    }

    private ByteBuf encode(Method method, MessageLite request, int permitsHeld) {
        try {
            return Frame.request(ByteBufAllocator.DEFAULT, method, request);
        } catch (RuntimeException | Error e) { // such as OutOfDirectMemoryError
            permits.release(permitsHeld);
            throw new RpcException(ErrorCode.INTERNAL_ERROR, method + " could not be encoded: " + e, false, e);
        }
    }

    private void acquire(Method method, int needed, long waitNanos) {
        try {
            if (!permits.tryAcquire(needed)
                    && (waitNanos <= 0 || !permits.tryAcquire(needed, waitNanos, TimeUnit.NANOSECONDS))) {
                throw new RpcException(
                        ErrorCode.OVERLOADED,
                        method + " found no place among " + options.maxInFlight + " calls in flight",
                        false,
                        null);
            }
        } catch (InterruptedException e) {
            throw interrupted(method, false, e);
        }
    }

    private static RpcException interrupted(Method method, boolean maybeDelivered, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new RpcException(ErrorCode.RPC_FAIL, "interrupted while waiting for " + method, maybeDelivered, cause);
    }
}
