package io.mooncake4j.deploy.copy;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Values of the store into files. */
public final class Download {
    private static final int MAX_BUFFER_BYTES = 1 << 30;
    /** How often a value is asked for anew when it became another, larger one in between. */
    private static final int TRIES = 5;

    private Download() {}

    static Mover mover(MooncakeClient client, UnfinishedFiles unfinished, Object turnOfLargeValues) {
        WorkBuffer buffer = new WorkBuffer();
        return item -> {
            OptionalLong size = client.size(item.key());
            if (size.orElse(0) <= WorkBuffer.MAX_BYTES) {
                return fetch(client, item, size, buffer, unfinished);
            }
            synchronized (turnOfLargeValues) { // so that memory is bounded
                return fetch(client, item, size, buffer, unfinished);
            }
        };
    }

    private static CopyResult fetch(
            MooncakeClient client, CopyItem item, OptionalLong sizeBytes, WorkBuffer buffer, UnfinishedFiles unfinished)
            throws IOException {
        List<ByteBuffer> parts = get(client, item.key(), sizeBytes, buffer);
        if (parts.isEmpty()) {
            return new CopyResult(item, CopyResult.Status.NOT_FOUND, 0, 0, null);
        }
        long gotBytes = parts.stream().mapToLong(ByteBuffer::remaining).sum();
        if (item.file().getParent() != null) {
            Files.createDirectories(item.file().getParent());
        }
        unfinished.write(item.file(), channel -> writeAll(channel, parts));
        return new CopyResult(item, CopyResult.Status.FETCHED, gotBytes, 0, null);
    }

    /** A value's bytes, in order; empty: it isn't there. */
    public static List<ByteBuffer> get(MooncakeClient client, String key) {
        return get(client, key, client.size(key), new WorkBuffer());
    }

    private static List<ByteBuffer> get(
            MooncakeClient client, String key, OptionalLong expectedBytes, WorkBuffer buffer) {
        OptionalLong size = expectedBytes;
        for (int left = TRIES; size.isPresent(); left--) {
            List<ByteBuffer> parts = buffers(size.getAsLong(), buffer);
            try {
                OptionalLong got = client.getInto(KvEntry.of(key, parts.toArray(ByteBuffer[]::new)));
                return got.isEmpty() ? List.of() : cut(parts, got.getAsLong());
            } catch (StoreException e) {
                if (e.code() != ErrorCode.BUFFER_OVERFLOW || left == 1) {
                    throw e;
                }
                size = client.size(key);
            }
        }
        return List.of();
    }

    private static List<ByteBuffer> buffers(long sizeBytes, WorkBuffer buffer) {
        if (sizeBytes <= WorkBuffer.MAX_BYTES) {
            return List.of(buffer.take((int) sizeBytes));
        }
        List<ByteBuffer> parts = new ArrayList<>();
        for (long left = sizeBytes; left > 0; left -= MAX_BUFFER_BYTES) {
            parts.add(ByteBuffer.allocateDirect((int) Math.min(MAX_BUFFER_BYTES, left)));
        }
        return parts;
    }

    /** The value may have become another, smaller one after its size was asked for. */
    static List<ByteBuffer> cut(List<ByteBuffer> parts, long sizeBytes) {
        List<ByteBuffer> cut = new ArrayList<>();
        long left = sizeBytes;
        for (ByteBuffer part : parts) {
            int bytes = (int) Math.min(left, part.remaining());
            if (bytes > 0) {
                cut.add(part.slice(part.position(), bytes));
            }
            left -= bytes;
        }
        return cut;
    }

    /** Writes all bytes, one part after the other. */
    public static void writeAll(WritableByteChannel channel, List<ByteBuffer> parts) throws IOException {
        for (ByteBuffer part : parts) {
            while (part.hasRemaining()) {
                channel.write(part);
            }
        }
    }
}
