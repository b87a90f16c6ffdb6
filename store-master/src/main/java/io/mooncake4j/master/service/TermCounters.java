package io.mooncake4j.master.service;

import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.transfer.metrics.SizeHistogram;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What was counted in all terms of this process: it only grows. Safe for all threads. */
public final class TermCounters {
    private final Counters ended = new Counters();
    private @Nullable Counters current;
    private long terms;

    synchronized void begin(Counters counters) {
        current = counters;
        terms++;
    }

    synchronized void end() {
        if (current != null) {
            ended.add(current);
            current = null;
        }
    }

    /** How many terms began. */
    public synchronized long terms() {
        return terms;
    }

    public synchronized long sum(Function<Counters, LongAdder> counter) {
        return counter.apply(ended).sum()
                + (current == null ? 0 : counter.apply(current).sum());
    }

    /** Sizes of the values that were put. */
    public synchronized SizeHistogram putSizes() {
        SizeHistogram all = Counters.sizes();
        all.add(ended.putSizes);
        if (current != null) {
            all.add(current.putSizes);
        }
        return all;
    }
}
