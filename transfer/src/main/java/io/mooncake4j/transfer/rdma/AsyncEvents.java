package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.metrics.NamedCounts;
import io.mooncake4j.transfer.rdma.verbs.AsyncEvent;
import io.mooncake4j.transfer.rdma.verbs.Context;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a device says by itself: one thread a device and process, as long as somebody listens. Every event is
 * acknowledged when it is taken, so that none delays the destruction of a queue pair.
 */
final class AsyncEvents {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncEvents.class);
    /** From here on events are about the device or a port ({@code IBV_EVENT_DEVICE_FATAL}). */
    private static final int DEVICE_FATAL = 8;

    /** The bad ones of {@code enum ibv_event_type}, by number. */
    private static final Map<Integer, String> ERRORS = Map.of(
            0,
            "CQ_ERR",
            1,
            "QP_FATAL",
            2,
            "QP_REQ_ERR",
            3,
            "QP_ACCESS_ERR",
            DEVICE_FATAL,
            "DEVICE_FATAL",
            10,
            "PORT_ERR");

    private static final int LOOK_MILLIS = 200;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Map<Context, AsyncEvents> RUNNING = new HashMap<>();

    private final Context context;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private record Listener(NamedCounts errors, Runnable fatal) {}

    private AsyncEvents(Context context) {
        this.context = context;
    }

    /**
     * Begins to listen.
     *
     * @param errors counts what is bad
     * @param fatal called, once or more, when the device is of no use any more; doesn't block
     * @return ends it
     */
    static Runnable listen(Context context, NamedCounts errors, Runnable fatal) {
        synchronized (RUNNING) {
            AsyncEvents events = RUNNING.computeIfAbsent(context, AsyncEvents::start);
            Listener listener = new Listener(errors, fatal);
            events.listeners.add(listener);
            return () -> events.end(listener);
        }
    }

    private static AsyncEvents start(Context context) {
        AsyncEvents events = new AsyncEvents(context);
        Thread thread = new Thread(events::live, "rdma-events");
        thread.setDaemon(true);
        thread.start();
        return events;
    }

    private void end(Listener listener) {
        synchronized (RUNNING) {
            listeners.removeIf(each -> each == listener); // whoever else gave the same
        }
    }

    private boolean ended() {
        synchronized (RUNNING) {
            if (listeners.isEmpty()) {
                RUNNING.remove(context, this);
                return true;
            }
            return false;
        }
    }

    private void live() {
        while (!ended()) {
            try {
                AsyncEvent event = context.nextAsyncEvent(LOOK_MILLIS);
                if (event != null) {
                    take(event);
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("{}: its events can't be read: {}", context, e.getMessage());
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private void take(AsyncEvent event) {
        String error = ERRORS.get(event.type());
        if (error != null) {
            listeners.forEach(listener -> listener.errors().count(error));
        }
        if (event.type() < DEVICE_FATAL) {
            LOG.debug("{}: queue pair {}: {}", context, event.queuePair(), event.text());
            return;
        }
        LOG.warn("{}: {}", context, event.text());
        if (event.type() == DEVICE_FATAL) {
            listeners.forEach(listener -> listener.fatal().run());
        }
    }
}
