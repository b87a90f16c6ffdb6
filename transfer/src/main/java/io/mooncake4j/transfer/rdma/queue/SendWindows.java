package io.mooncake4j.transfer.rdma.queue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues of one link, of which requests take one after the other. One thread; allocates nothing. */
final class SendWindows {
    private static final long DESTROY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int DESTROYS_BEFORE_LOG = 200;
    private static final Logger LOG = LoggerFactory.getLogger(SendWindows.class);

    private final SendWindow[] windows;
    private final int depth;
    private int turn;

    SendWindows(QueueLink link, int maxOutstanding) {
        depth = Math.max(1, Math.min(maxOutstanding, link.depth()));
        windows = new SendWindow[link.queues()];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new SendWindow(link.queue(i), i, depth, link.inlineBytes());
        }
    }

    /** How many requests can be outstanding. */
    int capacity() {
        return windows.length * depth;
    }

    /** How many requests to add before posting them: a part of what can be outstanding, so that queues don't run dry. */
    int batch() {
        return windows.length * Math.max(1, depth / 4);
    }

    /** The next in turn that has room, or null. */
    @Nullable
    SendWindow withRoom() {
        for (int i = 0; i < windows.length; i++) {
            SendWindow window = windows[turn % windows.length];
            turn = (turn + 1) % windows.length;
            if (window.hasRoom()) {
                return window;
            }
        }
        return null;
    }

    /** The one that a request was posted on, or null if it is none of ours. */
    @Nullable
    SendWindow of(long wrId) {
        int index = SendWindow.queueOf(wrId);
        return index < windows.length ? windows[index] : null;
    }

    /** Adds a flush to those that need one and have room; returns to how many. */
    int addFlushes(LocalMemory memory) {
        int added = 0;
        for (SendWindow window : windows) {
            if (window.unflushed() && window.hasRoom()) {
                window.addFlush(memory.scratchAddress(), memory.scratchKey());
                added++;
            }
        }
        return added;
    }

    /** Hands all that was added to the device. {@code table} learns what may have reached it, even if it throws. */
    void post(OpTable table) throws IOException {
        for (SendWindow window : windows) {
            window.post(table);
        }
    }

    boolean idle() {
        for (SendWindow window : windows) {
            if (!window.idle()) {
                return false;
            }
        }
        return true;
    }

    boolean unflushed() {
        for (SendWindow window : windows) {
            if (window.unflushed()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the device has not given back all that it was given. */
    boolean outstanding() {
        for (SendWindow window : windows) {
            if (window.outstanding()) {
                return true;
            }
        }
        return false;
    }

    void toError(String peer) {
        for (SendWindow window : windows) {
            try {
                window.toError();
            } catch (IOException | RuntimeException | Error e) {
                LOG.debug("{}: destroying a queue pair ends it as well, only less orderly", peer, e);
            }
        }
    }

    /** Doesn't return before each is destroyed or has given back everything: its memory is about to be reused. */
    void destroy() {
        for (SendWindow window : windows) {
            destroy(window);
        }
    }

    private static void destroy(SendWindow window) {
        for (long tries = 1; ; tries++) {
            try {
                window.destroy();
                return;
            } catch (IOException | RuntimeException | Error e) {
                if (!window.outstanding()) {
                    return; // the device has let go of it all the same
                }
                if (tries == DESTROYS_BEFORE_LOG) {
                    LOG.error("An RDMA queue pair can't be destroyed; its call waits, for its memory is in use", e);
                }
            }
            LockSupport.parkNanos(DESTROY_PAUSE_NANOS);
        }
    }
}
