package io.mooncake4j.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooncake4j.client.MooncakeClient;
import java.io.PrintStream;
import java.util.Optional;

/** Puts a value, gets it back, removes it. */
public final class FirstPutAndGet {
    private FirstPutAndGet() {}

    public static void main(String[] arguments) {
        run(arguments.length > 0 ? arguments[0] : "127.0.0.1:50051", System.out);
    }

    static void run(String master, PrintStream out) {
        // quote
        try (MooncakeClient client = MooncakeClient.builder().masters(master).build()) {
            client.put("greeting", "hello".getBytes(UTF_8));

            Optional<byte[]> value = client.get("greeting"); // empty: not there, or evicted
            out.println(value.map(bytes -> new String(bytes, UTF_8)).orElse("nothing"));

            client.remove("greeting");
        }
        // end
    }
}
