package io.mooncake4j.transfer.memory;

import java.nio.ByteBuffer;

/** Memory of a node that has none. */
public final class NoRegions implements Regions {
    @Override
    public int count() {
        return 0;
    }

    @Override
    public ByteBuffer region(int index) {
        throw new IndexOutOfBoundsException(index);
    }
}
