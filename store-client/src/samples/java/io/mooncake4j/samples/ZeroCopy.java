package io.mooncake4j.samples;

import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.MooncakeClient;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Moves values from and into memory that the client lends, without a copy on the heap. */
public final class ZeroCopy {
    private ZeroCopy() {}

    public static void main(String[] arguments) {
        run(arguments.length > 0 ? arguments[0] : "127.0.0.1:50051", System.out);
    }

    static void run(String master, PrintStream out) {
        try (MooncakeClient client = MooncakeClient.builder().masters(master).build()) {
            // quote
            try (KvBuffer block = client.lease(1 << 20)) { // pooled direct memory; close gives it back
                fill(block.byteBuffer());
                client.put("block/1", block);
            }

            Optional<KvBuffer> found = client.getBuffer("block/1");
            if (found.isPresent()) {
                try (KvBuffer block = found.get()) {
                    use(block.byteBuffer(), out);
                }
            }
            // end
        }
    }

    private static void fill(ByteBuffer buffer) {
        while (buffer.hasRemaining()) {
            buffer.put((byte) buffer.position());
        }
    }

    private static void use(ByteBuffer buffer, PrintStream out) {
        out.println("got " + buffer.remaining() + " bytes, the last is " + buffer.get(buffer.limit() - 1));
    }
}
