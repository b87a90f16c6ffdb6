package io.mooncake4j.master.placement;

/** Statements that are always true. */
final class Invariant {
    private Invariant() {}

    static void holds(boolean truth, String statement, long number) {
        if (!truth) {
            throw new IllegalStateException("not true: " + statement.replace("%s", Long.toString(number)));
        }
    }
}
