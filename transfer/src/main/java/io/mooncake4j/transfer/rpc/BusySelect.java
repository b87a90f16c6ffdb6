package io.mooncake4j.transfer.rpc;

import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.IntSupplier;
import java.time.Duration;

/** Makes an event loop poll for a moment after it had work, before it sleeps. */
final class BusySelect implements SelectStrategy {
    private final BusyPoll poll;
    /** Whether it may have had work since it last began to poll. */
    private boolean worked;

    private boolean polling;

    private BusySelect(Duration window) {
        this.poll = new BusyPoll(window);
    }

    static SelectStrategyFactory factory(Duration window) {
        return () -> new BusySelect(window);
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int ready = selectNow.get();
        if (hasTasks || ready > 0) {
            if (polling) {
                poll.found();
                polling = false;
            }
            worked = true;
            return ready;
        }
        if (worked && !polling) {
            worked = false;
            polling = poll.begin();
        }
        polling = polling && poll.goOn();
        if (polling) {
            return CONTINUE;
        }
        worked = true; // whatever ends the sleep
        return SELECT;
    }
}
