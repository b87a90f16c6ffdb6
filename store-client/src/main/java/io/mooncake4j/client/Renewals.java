package io.mooncake4j.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews what running transfers hold, from a thread of its own. */
final class Renewals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);
    private static final long SWEEP_MILLIS = 50;

    private final Set<Tenure> held = ConcurrentHashMap.newKeySet();
    private final Runnable besides;
    private final Thread thread = new Thread(this::sweep, "mooncake4j-renewals");

    /** @param besides what the thread does each time, too; it must not block */
    Renewals(Runnable besides) {
        this.besides = besides;
        thread.setDaemon(true);
        thread.start();
    }

    void add(Tenure tenure) {
        held.add(tenure);
    }

    void remove(Tenure tenure) {
        held.remove(tenure);
    }

    private void sweep() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(SWEEP_MILLIS);
                held.forEach(tenure -> run(() -> tenure.renewIfDue(System.nanoTime())));
                run(besides);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** One's failure must not end the renewals of all others. */
    private static void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable failure) {
            LOG.warn("a renewal failed, and is tried again", failure);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
