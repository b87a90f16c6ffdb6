package io.mooncake4j.master.placement;

/** The ordered record of placement changes. Safe for all threads; never blocks. */
public interface ChangeLog {
    /** Appends a change and returns its sequence number; changes of one object are appended in their order. */
    long append(Change change);

    /** Runs the action, on any thread, once everything up to the sequence number is durable. */
    void whenDurable(long sequence, Runnable action);

    /** Whether the placement outlives this process. */
    boolean durable();
}
