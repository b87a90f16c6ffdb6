package io.mooncake4j.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Renews what running transfers hold, from a thread of its own. */
final class Renewals implements AutoCloseable {
    private static final long SWEEP_MILLIS = 50;

    private final Set<Tenure> held = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::sweep, "mooncake4j-renewals");

    Renewals() {
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
                held.forEach(Tenure::renewIfDue);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
