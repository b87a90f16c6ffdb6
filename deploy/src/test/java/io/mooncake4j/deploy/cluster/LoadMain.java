package io.mooncake4j.deploy.cluster;

import io.mooncake4j.client.MooncakeClient;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Load} as a process of its own, which ends when it gets a line. Says again and again {@code wall} with its
 * time of day in milliseconds, and {@code progress} with how many values it has stored and found; at the end
 * {@code right}. Argument: masters.
 */
final class LoadMain {
    private static final long SAY_EVERY_MILLIS = 50;

    private LoadMain() {}

    public static void main(String[] args) throws IOException {
        ScheduledExecutorService sayer =
                Executors.newSingleThreadScheduledExecutor(); // not a Timer: that goes by the wall clock
        try (MooncakeClient client = MooncakeClient.builder()
                        .masters(args[0])
                        .localBufferBytes(16 << 20)
                        .build();
                Load load = Load.start(new Load.Shape(2, 2, 300, 32 << 10, 1, false, true), client)) {
            ScheduledFuture<?> saying =
                    sayer.scheduleWithFixedDelay(() -> say(load.tally()), 0, SAY_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            int unused = System.in.read();
            saying.cancel(false);
            System.out.println("right " + load.stop().assertRight());
        } finally {
            sayer.shutdown();
        }
    }

    private static void say(Tally tally) {
        System.out.println("wall " + System.currentTimeMillis());
        System.out.println("progress " + tally.stores() + " " + tally.hits());
    }
}
