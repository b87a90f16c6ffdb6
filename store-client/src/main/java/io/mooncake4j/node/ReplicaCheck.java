package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a replica again where it lies. */
final class ReplicaCheck {
    private static final int COPY_BYTES = 256 << 10;

    private ReplicaCheck() {}

    /** Whether the bytes have the order's checksum; true for one without, and false if it leaves the segment. */
    static boolean intact(Regions regions, VerifyOrder order) {
        CRC32C crc = new CRC32C();
        for (int i = 0; i < order.getRegionsCount(); i++) {
            int region = order.getRegions(i);
            long offset = order.getOffsets(i);
            long length = order.getLengths(i);
            if (region < 0 || region >= regions.count()) {
                return false;
            }
            ByteBuffer bytes = regions.region(region);
            if (offset < 0 || length < 0 || length > bytes.capacity() || offset > bytes.capacity() - length) {
                return false;
            }
            update(crc, bytes, (int) offset, (int) length);
        }
        return !Checksum.present(order.getChecksum()) || Checksum.of(crc) == order.getChecksum();
    }

    /** By way of a copy: summing a mapping whose file was cut short would end the process, copying it does not. */
    private static void update(CRC32C crc, ByteBuffer bytes, int offset, int length) {
        byte[] copy = new byte[Math.min(length, COPY_BYTES)];
        for (int at = 0; at < length; at += copy.length) {
            int part = Math.min(copy.length, length - at);
            bytes.get(offset + at, copy, 0, part);
            crc.update(copy, 0, part);
        }
    }
}
