package io.mooncake4j.master.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One PutStart: what each key got, so that a repeated one gets the same answer. Filled under its client's lock. */
final class PutRequest {
    final ClientRequests client;
    final long sequence;
    /** Per key, OK where granted. */
    final List<GrantResult> results = new ArrayList<>();
    /** Grants not ended yet, plus one while the request is being answered. */
    private final AtomicInteger open = new AtomicInteger(1);

    PutRequest(ClientRequests client, long sequence) {
        this.client = client;
        this.sequence = sequence;
    }

    /** A grant was made; not after {@link #closeOne} returned true. */
    void openOne() {
        open.incrementAndGet();
    }

    /** A grant ended. True for the last one: then the caller, holding no shard, ends the request at its client. */
    boolean closeOne() {
        return open.decrementAndGet() == 0;
    }

    @Nullable
    Grant grantOf(int index) {
        return results.get(index).grant();
    }
}
