package io.mooncake4j.master.placement;

import java.util.Arrays;
import java.util.List;

/** A readable object as a reader is told of it; replicas on healthy nodes come first. For one thread, to be used again. */
public final class ObjectView {
    private long id;
    private long sizeBytes;
    private long checksum;
    private Replica[] replicas = Replica.NONE;
    private int replicaCount;

    /** Shows an object, whose shard is locked, as it is now; false if none of its replicas can be read. */
    boolean show(ObjectEntry entry) {
        id = entry.id;
        sizeBytes = entry.sizeBytes;
        checksum = entry.checksum;
        replicaCount = 0;
        if (replicas.length < entry.replicas.length) {
            replicas = new Replica[entry.replicas.length];
        }
        int healthy = 0;
        for (Replica replica : entry.replicas) {
            Segment.State state = replica.segment().state(); // once: it may change meanwhile
            if (state == Segment.State.OK) {
                System.arraycopy(replicas, healthy, replicas, healthy + 1, replicaCount - healthy);
                replicas[healthy++] = replica;
                replicaCount++;
            } else if (state == Segment.State.SUSPECT) {
                replicas[replicaCount++] = replica;
            }
        }
        return replicaCount > 0;
    }

    public long id() {
        return id;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public long checksum() {
        return checksum;
    }

    public int replicaCount() {
        return replicaCount;
    }

    public Replica replica(int index) {
        return replicas[index];
    }

    public List<Replica> replicas() {
        return List.of(Arrays.copyOf(replicas, replicaCount));
    }
}
