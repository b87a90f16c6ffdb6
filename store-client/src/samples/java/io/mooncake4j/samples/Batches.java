package io.mooncake4j.samples;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts and gets many blocks a call: each key has its own result, in the order of the keys. */
public final class Batches {
    private Batches() {}

    public static void main(String[] arguments) {
        run(arguments.length > 0 ? arguments[0] : "127.0.0.1:50051", System.out);
    }

    private static final int BLOCKS = 32;
    private static final int LAYERS = 4;
    private static final int LAYER_BYTES = 16 << 10;

    static void run(String master, PrintStream out) {
        try (MooncakeClient client = MooncakeClient.builder().masters(master).build()) {
            List<KvEntry> computed = blocks((byte) 7);
            // quote
            // a block is in several buffers, one a layer; a batch is one call of the master
            int stored = 0;
            for (PutResult result : client.putBatch(computed)) {
                stored += result.succeeded() ? 1 : 0;
            }

            int hits = 0;
            List<KvEntry> wanted = blocks((byte) 0); // the same keys, with buffers that are to be filled
            for (KeyResult<KvEntry> result : client.getIntoBatch(wanted)) {
                hits += result.isHit() ? 1 : 0; // only a hit's buffers mean anything
            }
            // end
            out.println("stored " + stored + ", hits " + hits + " of " + BLOCKS);
        }
    }

    private static List<KvEntry> blocks(byte content) {
        List<KvEntry> blocks = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            ByteBuffer[] layers = new ByteBuffer[LAYERS];
            for (int layer = 0; layer < LAYERS; layer++) {
                byte[] bytes = new byte[LAYER_BYTES];
                Arrays.fill(bytes, content);
                layers[layer] = ByteBuffer.wrap(bytes);
            }
            blocks.add(KvEntry.of("batch/" + block, layers));
        }
        return blocks;
    }
}
