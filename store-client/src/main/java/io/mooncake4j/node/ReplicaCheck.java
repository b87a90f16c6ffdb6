package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a replica again where it lies. */
final class ReplicaCheck {
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
            crc.update(bytes.slice((int) offset, (int) length));
        }
        return !Checksum.present(order.getChecksum()) || Checksum.of(crc) == order.getChecksum();
    }
}
