package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.wire.Checksum;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A run of one value's bytes, to or from one replica. */
final class ValueOp extends TransferOp {
    private final int replica;
    private final @Nullable ValueBytes summed;
    private long checksum = Checksum.NONE;

    /** @param summed the bytes whose checksum is wanted when they have arrived, while they are warm */
    ValueOp(int replica, int range, long offsetInRange, @Nullable ValueBytes summed, ByteBuffer... buffers) {
        super(range, offsetInRange, buffers);
        this.replica = replica;
        this.summed = summed;
    }

    /** The replica's number among those of its object. */
    int replica() {
        return replica;
    }

    long checksum() {
        return checksum;
    }

    @Override
    public void done() {
        if (summed != null) {
            checksum = summed.checksum();
        }
        super.done();
    }
}
