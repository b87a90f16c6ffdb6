package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds the addresses of hosts. The system's own look-up blocks for as long as it likes, so a thread of its own does it,
 * at most one a host name, and callers wait for it no longer than they want to. Safe for all threads.
 */
final class HostLookup {
    /** The look-up that may block. */
    interface Names {
        InetAddress find(String host) throws UnknownHostException;
    }

    private final Names names;
    private final ConcurrentHashMap<String, CompletableFuture<InetAddress>> running = new ConcurrentHashMap<>();

    HostLookup(Names names) {
        this.names = names;
    }

    /**
     * The address of a host name, or the address that the text itself is.
     *
     * @throws StoreException naming the host: TRANSFER_FAIL if it is unknown or the thread was interrupted, RPC_TIMEOUT
     */
    InetAddress find(String host, Deadline deadline) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal != null) {
            return literal;
        }
        try {
            return running.computeIfAbsent(host, this::start)
                    .get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new StoreException(
                    ErrorCode.TRANSFER_FAIL,
                    "the host name " + host + " can't be resolved (" + e.getCause()
                            + "); check the name that the node advertises, and DNS",
                    e);
        } catch (TimeoutException e) {
            throw new StoreException(
                    ErrorCode.RPC_TIMEOUT, "the host name " + host + " was not resolved in time; check DNS", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    ErrorCode.TRANSFER_FAIL, "interrupted while the host name " + host + " was being resolved", e);
        }
    }

    private CompletableFuture<InetAddress> start(String host) {
        CompletableFuture<InetAddress> found = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(host, found), "mooncake4j-lookup-" + host);
        thread.setDaemon(true);
        thread.start();
        return found;
    }

    private void run(String host, CompletableFuture<InetAddress> found) {
        try {
            InetAddress address = names.find(host);
            running.remove(host);
            found.complete(address);
        } catch (UnknownHostException | RuntimeException | Error e) {
            running.remove(host);
            found.completeExceptionally(e);
        }
    }
}
