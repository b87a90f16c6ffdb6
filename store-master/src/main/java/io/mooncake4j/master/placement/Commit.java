package io.mooncake4j.master.placement;

/** Collects how far the journal must be durable before a call may be answered. For one call, on one thread. */
public final class Commit {
    private long sequence;

    void upTo(long appended) {
        sequence = Math.max(sequence, appended);
    }

    /** The highest sequence number of the call's changes; 0 if it made none. */
    public long sequence() {
        return sequence;
    }
}
