package io.mooncake4j.deploy.cli;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a server's process: start, ready, and a clean stop in bounded time when SIGTERM or Ctrl-C comes, at whatever
 * point. The process then ends with 0 if the server closed in time, else with 1.
 */
final class ServerLife {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLife.class);
    private static final long CLOSE_SECONDS = 20;

    private final CompletableFuture<AutoCloseable> server = new CompletableFuture<>();
    private volatile boolean stopping;

    private ServerLife() {}

    static ServerLife begin() {
        ServerLife life = new ServerLife();
        Runtime.getRuntime().addShutdownHook(new Thread(life::stop, "stop"));
        return life;
    }

    /** Starts the server; from then on a stop closes it. */
    <T extends AutoCloseable> T start(Supplier<T> starter) {
        try {
            T started = starter.get();
            server.complete(started);
            return started;
        } catch (RuntimeException e) {
            if (stopping) {
                server.complete(() -> {}); // a start that ended early has cleaned up
            } else {
                server.completeExceptionally(e);
            }
            throw e;
        }
    }

    /** Ends a long start early. */
    void checkNotStopping() {
        if (stopping) {
            throw new StoreException(ErrorCode.CLOSED, "stopped while it started");
        }
    }

    /**
     * Says that the server is ready and waits for the end of the process.
     *
     * @param what and where, for people, and for scripts that wait for the line
     */
    int serve(Console console, String what) throws InterruptedException {
        say(console, "ready: " + what);
        new CountDownLatch(1).await();
        return ExitCode.DONE;
    }

    /** Prints a line for people, and for scripts that wait for it. */
    static void say(Console console, String line) {
        console.out().println(line);
        console.out().flush();
    }

    private void stop() {
        stopping = true;
        if (server.isCompletedExceptionally()) {
            return;
        }
        boolean closed = false;
        try {
            LOG.info("stopping");
            server.thenAcceptAsync(ServerLife::close).get(CLOSE_SECONDS, TimeUnit.SECONDS);
            closed = true;
        } catch (ExecutionException e) {
            LOG.error("stopping failed: {}", String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            LOG.error("not closed within {} s; giving up", CLOSE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // the status would be 143 or 130 otherwise, which says nothing about how the stop went
        Runtime.getRuntime().halt(closed ? ExitCode.DONE : ExitCode.FAILED);
    }

    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
