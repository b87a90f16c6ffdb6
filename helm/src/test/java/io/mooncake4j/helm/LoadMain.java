package io.mooncake4j.helm;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts values and gets them back, until it is told a line. Then gets each once more and says {@code puts N gets N misses N
 * lost N}; every call that fails, and every value that isn't the one that was put, is a line that starts with {@code failed}.
 * Before that it says its metrics, a line each. Its JVM looks names up as Java does by default. Argument: masters.
 */
final class LoadMain {
    /** What a line of metrics begins with. */
    static final String METRIC = "metric ";

    private static final int VALUES = 1000;
    private static final int BYTES = 32 << 10;
    private static final long PAUSE_MILLIS = 10;

    private final MooncakeClient client;
    private final AtomicInteger puts = new AtomicInteger();
    private final AtomicInteger gets = new AtomicInteger();
    private final AtomicInteger misses = new AtomicInteger();
    private volatile boolean ending;

    private LoadMain(MooncakeClient client) {
        this.client = client;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try (MooncakeClient client = MooncakeClient.builder()
                .masters(args[0])
                .localBufferBytes(16 << 20)
                .build()) {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new MooncakeClientMetrics(client).bindTo(registry);
            LoadMain load = new LoadMain(client);
            Thread writer = new Thread(load::put, "puts");
            Thread reader = new Thread(load::get, "gets");
            writer.start();
            reader.start();
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            load.ending = true;
            writer.join();
            reader.join();
            int lost = 0;
            for (int i = 0; i < load.puts.get(); i++) {
                lost += load.check(i) ? 0 : 1;
            }
            registry.scrape().lines().forEach(line -> System.out.println(METRIC + line));
            System.out.println("puts " + load.puts + " gets " + load.gets + " misses " + load.misses + " lost " + lost);
        }
    }

    private void put() {
        try {
            while (!ending && puts.get() < VALUES) {
                int number = puts.get();
                try {
                    client.put(key(number), value(number));
                    puts.incrementAndGet();
                } catch (RuntimeException e) {
                    System.out.println("failed put of " + number + ": " + e);
                }
                if (number % 50 == 0) {
                    System.out.println("progress " + puts);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS * 10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void get() {
        try {
            while (!ending) {
                if (puts.get() > 0) {
                    gets.incrementAndGet();
                    if (!check(ThreadLocalRandom.current().nextInt(puts.get()))) {
                        misses.incrementAndGet();
                    }
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it is there, and then right. */
    private boolean check(int number) {
        try {
            Optional<byte[]> found = client.get(key(number));
            if (found.isPresent() && !Arrays.equals(found.get(), value(number))) {
                System.out.println("failed: wrong bytes of " + number);
            }
            return found.isPresent();
        } catch (RuntimeException e) {
            System.out.println("failed get of " + number + ": " + e);
            return true;
        }
    }

    private static String key(int number) {
        return "load/" + number;
    }

    private static byte[] value(int number) {
        byte[] value = new byte[BYTES];
        new Random(number).nextBytes(value);
        return value;
    }
}
