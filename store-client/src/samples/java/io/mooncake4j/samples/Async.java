package io.mooncake4j.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Lets the store work while the program does something else. */
public final class Async {
    private Async() {}

    public static void main(String[] arguments) {
        run(arguments.length > 0 ? arguments[0] : "127.0.0.1:50051", System.out);
    }

    static void run(String master, PrintStream out) {
        try (MooncakeClient client = MooncakeClient.builder().masters(master).build()) {
            // quote
            List<CompletableFuture<PutResult>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                puts.add(client.putAsync(KvEntry.of("async/" + i, ("value " + i).getBytes(UTF_8))));
            }
            CompletableFuture<String> last = CompletableFuture.allOf(puts.toArray(CompletableFuture<?>[]::new))
                    .thenCompose(stored -> client.getAsync("async/7"))
                    .thenApply(value ->
                            value.map(bytes -> new String(bytes, UTF_8)).orElse("evicted already"));

            out.println(last.join()); // ends by the call's deadline, with a value or a typed error
            // end
        }
    }
}
