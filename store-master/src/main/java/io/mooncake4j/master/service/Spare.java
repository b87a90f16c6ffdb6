package io.mooncake4j.master.service;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps for each thread one thing that is used again for each call. Who takes it has it alone, also against calls that the
 * same thread carries out meanwhile.
 */
final class Spare<T> {
    private final ThreadLocal<@Nullable T> spare = new ThreadLocal<>();
    private final Supplier<T> fresh;

    /** @param fresh makes one where there is no spare one */
    Spare(Supplier<T> fresh) {
        this.fresh = fresh;
    }

    T take() {
        T known = spare.get();
        if (known == null) {
            return fresh.get();
        }
        spare.set(null);
        return known;
    }

    /** Its taker has no use of it any more. */
    void giveBack(T taken) {
        spare.set(taken);
    }
}
