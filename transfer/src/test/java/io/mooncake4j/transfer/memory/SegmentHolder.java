package io.mooncake4j.transfer.memory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A process of its own that holds a segment until it is killed, or its input ends. */
public final class SegmentHolder {
    private SegmentHolder() {}

    /** Arguments: directory, size, cluster. Prints the segment's id when it holds and has filled it. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        MemoryKind kind = MemoryKind.shm(Path.of(args[0]));
        SegmentMemory memory =
                SegmentMemory.open(new SegmentMemoryOptions(kind, "held", Long.parseLong(args[1])), FillProgress.NONE);
        memory.adoptCluster(UUID.fromString(args[2]));
        for (int i = 0; i < memory.region(0).capacity(); i += 8) {
            memory.region(0).putLong(i, i);
        }
        System.out.println(memory.id());
        System.out.flush();
        int end = System.in.read();
        if (end < 0) {
            memory.close();
        }
    }
}
