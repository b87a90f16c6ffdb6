package io.mooncake4j.client;

import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.proto.Placements;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RenewalsTest {
    private static Tenure due(Supplier<CompletableFuture<Tenure.Terms>> renewal) {
        PlacementTable nothing =
                PlacementTable.read(Placements.getDefaultInstance(), 1, AccessToken.Mode.READ, new UUID(0, 0));
        return new Tenure(new Tenure.Terms(System.nanoTime() - 9, 10, List.of(0), nothing), renewal);
    }

    @Test
    void shouldRenewTheOthersWhenOneRenewalThrows() {
        AtomicInteger thrown = new AtomicInteger();
        AtomicInteger renewed = new AtomicInteger();
        AtomicInteger besides = new AtomicInteger();
        try (Renewals renewals = new Renewals(() -> {
            besides.incrementAndGet();
            throw new IllegalStateException("a defect");
        })) {
            renewals.add(due(() -> {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("scripted");
            }));
            renewals.add(due(() -> {
                renewed.incrementAndGet();
                return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
            }));

            await().until(() -> thrown.get() > 1 && renewed.get() > 1 && besides.get() > 1);
        }
    }
}
