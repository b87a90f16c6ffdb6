package io.mooncake4j.deploy.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * What happened, in words. Off in the runs that look for violations, which then cost no words; a run that failed happens
 * once more, the same, with its trace on.
 */
final class Trace {
    private final boolean on;
    private final Scheduler scheduler;
    private final List<String> lines = new ArrayList<>();

    Trace(boolean on, Scheduler scheduler) {
        this.on = on;
        this.scheduler = scheduler;
    }

    boolean on() {
        return on;
    }

    /** To be called only when it is {@link #on}: the words are not free. */
    void add(String format, Object... words) {
        lines.add(String.format("%7d %10.6f s  ", scheduler.executed(), scheduler.nowNanos() / 1e9)
                + String.format(format, words));
    }

    List<String> lines() {
        return lines;
    }
}
