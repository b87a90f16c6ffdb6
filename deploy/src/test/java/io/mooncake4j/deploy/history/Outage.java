package io.mooncake4j.deploy.history;

/** A time of a fault, and what the store may answer because of it. */
public record Outage(Allows allows, long begunNanos, long endedNanos) {
    /** What is excused. */
    public enum Allows {
        /** Nothing. */
        NOTHING,
        /** What was put during it or in the moments before may be gone for good: the leader's journal was behind. */
        FORGETTING_THE_TAIL,
        /** During it what is there may not be found, and so be put anew: its node is away. */
        MISSES,
        /** What was put before its end may be gone for good: the node's memory is lost, or the journal went back. */
        LOSS;

        /** Where a leader with this {@code --durability} dies. */
        public static Allows whenLeaderDies(String durability) {
            return durability.equals("sync") ? NOTHING : FORGETTING_THE_TAIL;
        }
    }

    boolean overlaps(Operation operation) {
        return operation.begunNanos() - endedNanos <= 0 && operation.endedNanos() - begunNanos >= 0;
    }
}
