package io.mooncake4j.master.ha;

/** Until when, on this process's monotonic clock, this master leads for certain (S4). Safe for all threads. */
public interface Leadership {
    /** That of a master without others. */
    Leadership SOLE = new Leadership() {
        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public long provenNanos(long nowNanos) {
            return nowNanos;
        }
    };

    /** Whether it leads now. */
    boolean holds();

    /** From when on what is promised now counts: a paused leader can't hand out time that it doesn't have. */
    long provenNanos(long nowNanos);
}
