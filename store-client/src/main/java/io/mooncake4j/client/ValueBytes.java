package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Checksum;
import java.nio.ByteBuffer;

/** The bytes of one value, lying in the given buffers one after the other. The buffers' positions never change. */
final class ValueBytes {
    private final ByteBuffer[] parts;
    private final long sizeBytes;

    /** Each part from its position to its limit. */
    ValueBytes(ByteBuffer... parts) {
        this.parts = parts;
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        this.sizeBytes = size;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** The first bytes of these. */
    ValueBytes first(long bytes) {
        return bytes == sizeBytes ? this : new ValueBytes(views(0, bytes));
    }

    /** Buffers of their own positions over a run of these bytes. */
    ByteBuffer[] views(long from, long length) {
        if (parts.length == 1) {
            return new ByteBuffer[] {view(parts[0], from, length)};
        }
        int first = 0;
        long offset = from;
        while (first < parts.length - 1 && offset >= parts[first].remaining()) {
            offset -= parts[first++].remaining();
        }
        int last = first;
        long covered = parts[first].remaining() - offset;
        while (covered < length) {
            covered += parts[++last].remaining();
        }
        ByteBuffer[] views = new ByteBuffer[last - first + 1];
        long rest = length;
        for (int i = 0; i < views.length; i++) {
            ByteBuffer part = parts[first + i];
            long take = Math.min(rest, part.remaining() - offset);
            views[i] = view(part, offset, take);
            rest -= take;
            offset = 0;
        }
        return views;
    }

    /** With {@link Checksum}. */
    long checksum() {
        return Checksum.of(parts);
    }

    /** Copies all of these bytes to the start of those. */
    void copyTo(ValueBytes target) {
        long at = 0;
        for (ByteBuffer part : parts) {
            ByteBuffer from = part.duplicate();
            for (ByteBuffer to : target.views(at, part.remaining())) {
                from.limit(from.position() + to.remaining());
                to.put(from);
            }
            at += part.remaining();
        }
    }

    private static ByteBuffer view(ByteBuffer part, long offset, long length) {
        int start = part.position() + (int) offset;
        return part.duplicate().limit(start + (int) length).position(start);
    }
}
