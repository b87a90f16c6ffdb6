package io.mooncake4j.master.placement;

import org.jspecify.annotations.Nullable;

/** The ordered record of placement changes. Safe for all threads; never blocks. */
public interface ChangeLog {
    /** Waits for something to be durable, and is told once what came of it, on any thread; must not block. */
    @FunctionalInterface
    interface Waiter {
        void durable();

        /** This process no longer leads, and can't learn whether it became durable. */
        default void lost() {}

        /** Whether it has no time left to wait. */
        default boolean isOver() {
            return false;
        }

        /** It had no time left to wait, and what it waits for may still become durable. */
        default void givenUp(String why) {}
    }

    /** Appends a change and returns its sequence number; changes of one object are appended in their order. */
    long append(Change change);

    /** The number of the last change that was appended; 0 if none was. */
    default long lastSequence() {
        return 0;
    }

    /** Tells the waiter once everything up to the sequence number is durable; waiters of one number in their order. */
    void whenDurable(long sequence, Waiter waiter);

    /** Tells the waiter once puts up to the sequence number may be acknowledged, as the durability is set (S8). */
    default void whenAcknowledgeable(long sequence, Waiter waiter) {
        whenDurable(sequence, waiter);
    }

    /** Gives up on waiters who have no time left. To be called some times a second. */
    default void giveUpLateWaiters() {}

    /** Whether a put that is visible may be acknowledged right now, as {@link #whenAcknowledgeable}. */
    default boolean acknowledgesAtOnce() {
        return true;
    }

    /** Whether an object is visible only when it is durable. */
    default boolean hidesUntilDurable() {
        return false;
    }

    /** Whether the placement outlives this process. */
    boolean durable();

    /** Everything up to this number is durable; 0 where nothing ever is. */
    default long durableSequence() {
        return 0;
    }

    /** Why no new put is taken for now, or null. */
    default @Nullable String refusal() {
        return null;
    }

    /** Why this segment can't be mounted, or moved, or null. */
    default @Nullable String refusal(Change.SegmentMounted segment) {
        return null;
    }

    /** How it does; null where it isn't durable. */
    default @Nullable JournalStatus status() {
        return null;
    }
}
