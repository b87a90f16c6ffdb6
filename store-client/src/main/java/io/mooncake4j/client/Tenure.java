package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.Deadline;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one answer of the master promised for a time: the read leases, or write grants, of its keys, and placements with
 * tokens that last as long. Renewed while a transfer runs. Shared by the transferring thread and {@link Renewals}.
 */
final class Tenure {
    /**
     * One answer of the master.
     *
     * @param sentNanos nanoTime before its request was sent, from which the promise counts (S9)
     * @param status per key; others than 0 are promised nothing
     */
    record Terms(long sentNanos, long durationNanos, List<Integer> status, PlacementTable placements) {
        boolean holds(int key) {
            return status.get(key) == 0;
        }

        /** Less than a third is left. */
        boolean due(long now) {
            return durationNanos > 0 && now - sentNanos >= durationNanos / 3 * 2;
        }
    }

    private final Supplier<CompletableFuture<Terms>> renewal;
    private final PlacementTable promised;
    private final long[] endNanos;
    private Terms terms;
    private @Nullable CompletableFuture<Terms> asked;

    /** @param renewal asks the master again, about the same keys in the same order */
    Tenure(Terms first, Supplier<CompletableFuture<Terms>> renewal) {
        this.renewal = renewal;
        this.promised = first.placements();
        this.terms = first;
        this.endNanos = new long[first.status().size()];
        Arrays.fill(endNanos, endNanos(first));
    }

    /** The newest. */
    synchronized Terms terms() {
        return terms;
    }

    /** The nanoTime at which the promise about a key ends, as its holder counts it. */
    synchronized long endNanos(int key) {
        return endNanos[key];
    }

    /**
     * Asks once more if less than a third is left; an answer replaces {@link #terms}. Doesn't wait.
     *
     * @return the question under way, null if there is none
     */
    synchronized @Nullable CompletableFuture<Terms> renewIfDue(long nowNanos) {
        if (asked == null && terms.due(nowNanos)) {
            CompletableFuture<Terms> asking = renewal.get().whenComplete(this::renewed);
            asked = asking.isDone() ? null : asking;
        }
        return asked;
    }

    /** As {@link #renewIfDue}, and waits for the answer; without one the terms stay as they are. */
    void renewIfDueAndWait(Deadline deadline) {
        CompletableFuture<Terms> asking = renewIfDue(System.nanoTime());
        if (asking == null) {
            return;
        }
        try {
            asking.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            return; // what the old terms still allow goes on
        }
    }

    private synchronized void renewed(@Nullable Terms fresh, @Nullable Throwable failure) {
        asked = null;
        if (fresh == null) {
            return;
        }
        terms = fresh;
        long end = endNanos(fresh);
        for (int i = 0; i < endNanos.length; i++) {
            // A replica that is missing now may have been dropped: a transfer that still uses it gets no more time.
            if (fresh.holds(i) && fresh.placements().hasReplicasOf(i, promised) && end - endNanos[i] > 0) {
                endNanos[i] = end;
            }
        }
    }

    private static long endNanos(Terms terms) {
        return terms.sentNanos() + ClockDrift.heldNanos(terms.durationNanos());
    }
}
