package io.mooncake4j.transfer.rpc;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps one caller at a time awake while its answer may be near. Safe for all threads. */
final class AwakeWait {
    private final BusyPoll poll;
    private final AtomicBoolean taken = new AtomicBoolean();

    AwakeWait(Duration window) {
        this.poll = new BusyPoll(window);
    }

    /** Whether a caller is being kept awake. */
    boolean taken() {
        return taken.get();
    }

    /** Returns when it is done, or when it is better to sleep. */
    void await(Future<?> call) {
        if (taken.get() || !taken.compareAndSet(false, true)) {
            return;
        }
        try {
            boolean polling = poll.begin();
            while (polling && !call.isDone()) {
                polling = poll.goOn();
            }
            if (polling) {
                poll.found();
            }
        } finally {
            taken.set(false);
        }
    }
}
