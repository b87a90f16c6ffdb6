package io.mooncake4j.deploy.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a server running until the process is told to stop, by SIGTERM or Ctrl-C, and then closes it in bounded time. */
final class ServerLife {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLife.class);
    private static final long CLOSE_SECONDS = 20;

    private ServerLife() {}

    /** From now on a stop of the process closes the server; the exit status is 0 if that ended in time, else 1. */
    static void closeAtStop(AutoCloseable server) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
    }

    /**
     * Says that the server is ready.
     *
     * @param what and where, for people, and for scripts that wait for the line
     */
    static void ready(Console console, String what) {
        console.out().println("ready: " + what);
        console.out().flush();
    }

    /** Waits until the process is told to stop. */
    static int await() throws InterruptedException {
        new CountDownLatch(1).await();
        return ExitCode.DONE;
    }

    private static void stop(AutoCloseable server) {
        LOG.info("stopping");
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer = new Thread(
                () -> {
                    try {
                        server.close();
                        closed.countDown();
                    } catch (Exception e) {
                        LOG.error("stopping failed: {}", e.toString());
                    }
                },
                "close");
        closer.setDaemon(true);
        closer.start();
        boolean inTime = false;
        try {
            inTime = closed.await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!inTime) {
            LOG.error("not closed within {} s; giving up", CLOSE_SECONDS);
        }
        // the status would be 143 or 130 otherwise, which says nothing about how the stop went
        Runtime.getRuntime().halt(inTime ? ExitCode.DONE : ExitCode.FAILED);
    }
}
