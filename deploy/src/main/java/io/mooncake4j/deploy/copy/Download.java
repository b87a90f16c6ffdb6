package io.mooncake4j.deploy.copy;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.util.OptionalLong;

/**
 * Values of the store into files and streams, which get nothing before all bytes have arrived and are right. Large values
 * never are in the process's own memory: they arrive in a mapped file.
 */
public final class Download {
    /** How often a value is asked for anew when it became another, larger one in between. */
    private static final int TRIES = 5;

    @FunctionalInterface
    private interface Attempt {
        OptionalLong get(long roomBytes) throws IOException;
    }

    private Download() {}

    static Mover mover(MooncakeClient client, UnfinishedFiles unfinished, Object turnOfLargeValues) {
        WorkBuffer buffer = new WorkBuffer();
        return item -> {
            OptionalLong size = client.size(item.key());
            if (size.orElse(0) <= WorkBuffer.MAX_BYTES) {
                return fetch(client, item, size, buffer, unfinished);
            }
            synchronized (turnOfLargeValues) { // so that what the page cache must hold is bounded
                return fetch(client, item, size, buffer, unfinished);
            }
        };
    }

    private static CopyResult fetch(
            MooncakeClient client, CopyItem item, OptionalLong sizeBytes, WorkBuffer buffer, UnfinishedFiles unfinished)
            throws IOException {
        if (sizeBytes.isPresent() && item.file().getParent() != null) {
            Files.createDirectories(item.file().getParent());
        }
        OptionalLong got = sizeBytes.isEmpty()
                ? sizeBytes
                : unfinished.write(
                        item.file(),
                        file -> whole(
                                client,
                                item.key(),
                                sizeBytes,
                                room -> room <= WorkBuffer.MAX_BYTES
                                        ? small(client, item.key(), buffer.take((int) room), file)
                                        : LargeValue.get(client, item.key(), room, file)),
                        stream -> toStream(client, item.key(), sizeBytes, buffer, unfinished, stream));
        return got.isEmpty()
                ? new CopyResult(item, CopyResult.Status.NOT_FOUND, 0, 0, null)
                : new CopyResult(item, CopyResult.Status.FETCHED, got.getAsLong(), 0, null);
    }

    /** Writes a value to a stream; returns its size, or empty: it isn't there. */
    public static OptionalLong toStream(
            MooncakeClient client, String key, UnfinishedFiles unfinished, WritableByteChannel stream)
            throws IOException {
        return toStream(client, key, client.size(key), new WorkBuffer(), unfinished, stream);
    }

    private static OptionalLong toStream(
            MooncakeClient client,
            String key,
            OptionalLong sizeBytes,
            WorkBuffer buffer,
            UnfinishedFiles unfinished,
            WritableByteChannel stream)
            throws IOException {
        return whole(
                client,
                key,
                sizeBytes,
                room -> room <= WorkBuffer.MAX_BYTES
                        ? small(client, key, buffer.take((int) room), stream)
                        : unfinished.spool(stream, file -> LargeValue.get(client, key, room, file)));
    }

    /** Tries with as much room as the value needs, which may have become larger since its size was asked for. */
    private static OptionalLong whole(MooncakeClient client, String key, OptionalLong sizeBytes, Attempt attempt)
            throws IOException {
        OptionalLong room = sizeBytes;
        for (int left = TRIES; room.isPresent(); left--) {
            try {
                return attempt.get(room.getAsLong());
            } catch (StoreException e) {
                if (e.code() != ErrorCode.BUFFER_OVERFLOW || left == 1) {
                    throw e;
                }
                room = client.size(key);
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong small(MooncakeClient client, String key, ByteBuffer room, WritableByteChannel to)
            throws IOException {
        OptionalLong got = client.getInto(KvEntry.of(key, room));
        if (got.isPresent()) {
            // it may have become another, smaller one
            ByteBuffer value = room.slice(room.position(), (int) got.getAsLong());
            while (value.hasRemaining()) {
                to.write(value);
            }
        }
        return got;
    }

    /** Writes what a file holds to a stream. */
    static void copy(FileChannel file, WritableByteChannel stream) throws IOException {
        for (long at = 0; at < file.size(); ) {
            at += file.transferTo(at, file.size() - at, stream);
        }
    }
}
