package io.mooncake4j.master.placement;

import java.util.List;

/** Objects as readers are told of them, made up. */
public final class Shown {
    private static final Tenant TENANT = new Tenant("t");

    private Shown() {}

    /** @param extents one at least; they need not be allocated */
    public static Replica replica(Segment segment, List<Extent> extents) {
        return new Replica(segment, extents.toArray(Extent[]::new));
    }

    /** @param replicas on segments that are healthy */
    public static ObjectView object(long id, long sizeBytes, long checksum, List<Replica> replicas) {
        ObjectView view = new ObjectView();
        Replica[] all = replicas.toArray(Replica[]::new);
        view.show(new ObjectEntry(TENANT, new byte[] {'k'}, 1, id, sizeBytes, checksum, false, all, 0));
        return view;
    }
}
