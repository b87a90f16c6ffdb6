package io.mooncake4j.transfer.memory;

import java.nio.ByteBuffer;

/** The regions of one segment, mapped and writable. */
public interface Regions {
    int count();

    /** The shared view of a region, position 0 to capacity; callers take duplicates and slices. */
    ByteBuffer region(int index);
}
