package io.mooncake4j.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A cache in front of a computation: a miss computes, and the program goes on when the store does not. */
public final class MissesAndRetries {
    private MissesAndRetries() {}

    public static void main(String[] arguments) {
        run(arguments.length > 0 ? arguments[0] : "127.0.0.1:50051", System.out);
    }

    static void run(String master, PrintStream out) {
        try (MooncakeClient client = MooncakeClient.builder()
                .masters(master)
                .operationTimeout(Duration.ofSeconds(2))
                .build()) {
            for (int i = 0; i < 2; i++) {
                out.println(new String(valueOf("answer", client, out), UTF_8));
            }
        }
    }

    // quote
    static byte[] valueOf(String key, MooncakeClient client, PrintStream log) {
        try {
            Optional<byte[]> cached = client.get(key);
            if (cached.isPresent()) {
                return cached.get();
            }
        } catch (StoreException e) {
            // the client itself has tried again until the operation timeout
            if (!e.retryable()) {
                throw e; // such as a wrong key: trying later won't help
            }
            log.println("going on without the store: " + e.code());
            return compute(key, log);
        }
        byte[] computed = compute(key, log);
        PutResult stored = client.putBatch(List.of(KvEntry.of(key, computed))).get(0);
        if (!stored.succeeded()) {
            log.println("not stored: " + stored.error()); // NO_AVAILABLE_HANDLE: the store is full
        }
        return computed;
    }
    // end

    private static byte[] compute(String key, PrintStream log) {
        log.println("computing " + key);
        return "42".getBytes(UTF_8);
    }
}
