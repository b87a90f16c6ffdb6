package io.mooncake4j.deploy.copy;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A value that arrives in a file: its checksum is compared there, and nothing of it is in memory but the page cache. */
final class LargeValue {
    private static final int MAX_MAPPING_BYTES = 1 << 30;
    private static final int ZEROS_BYTES = 1 << 20;

    private LargeValue() {}

    /**
     * Gets a value into a file that nobody else uses.
     *
     * @param roomBytes the most that it may have
     * @return its size, which is the file's then; empty: it isn't there
     */
    static OptionalLong get(MooncakeClient client, String key, long roomBytes, FileChannel file) throws IOException {
        reserve(file, roomBytes);
        List<ByteBuffer> parts = new ArrayList<>();
        for (long at = 0; at < roomBytes; at += MAX_MAPPING_BYTES) {
            parts.add(file.map(MapMode.READ_WRITE, at, Math.min(MAX_MAPPING_BYTES, roomBytes - at)));
        }
        OptionalLong got = client.getInto(KvEntry.of(key, parts.toArray(ByteBuffer[]::new)));
        if (got.isPresent()) {
            file.truncate(got.getAsLong());
        }
        return got;
    }

    /** A disk that is full is an error here, and would be a signal at a mapping. */
    private static void reserve(FileChannel file, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
        for (long at = 0; at < bytes; ) {
            zeros.clear().limit((int) Math.min(ZEROS_BYTES, bytes - at));
            at += file.write(zeros, at);
        }
    }
}
