package io.mooncake4j.master.placement;

import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The PutStarts of one client by sequence. A client numbers them 1, 2, 3…; everything up to the floor has ended.
 * Guarded by itself; locked before any shard.
 */
final class ClientRequests {
    private static final int MAX_REMEMBERED = 8192;

    private final Long2ObjectHashMap<PutRequest> open = new Long2ObjectHashMap<>();
    private final LongHashSet ended = new LongHashSet();
    private long floor;
    private long usedNanos;

    ClientRequests(long nowNanos) {
        usedNanos = nowNanos;
    }

    @Nullable
    PutRequest open(long sequence) {
        return open.get(sequence);
    }

    boolean ended(long sequence) {
        return sequence <= floor || ended.contains(sequence);
    }

    PutRequest start(long sequence, long nowNanos) {
        usedNanos = nowNanos;
        PutRequest request = new PutRequest(this, sequence);
        open.put(sequence, request);
        return request;
    }

    /** The sequence is over, whether or not it was ever started: a PutStart that arrives later is refused. */
    void end(long sequence, long nowNanos) {
        usedNanos = nowNanos;
        open.remove(sequence);
        if (sequence <= floor) {
            return;
        }
        ended.add(sequence);
        while (ended.remove(floor + 1)) {
            floor++;
        }
        if (ended.size() > MAX_REMEMBERED) {
            raiseFloor();
        }
    }

    /** Gives up on the gaps below the remembered sequences: those requests were never delivered. */
    private void raiseFloor() {
        long highest = floor;
        LongHashSet.LongIterator sequences = ended.iterator();
        while (sequences.hasNext()) {
            highest = Math.max(highest, sequences.nextValue());
        }
        long lowestOpen = highest + 1;
        Long2ObjectHashMap<PutRequest>.KeyIterator openSequences = open.keySet().iterator();
        while (openSequences.hasNext()) {
            lowestOpen = Math.min(lowestOpen, openSequences.nextLong());
        }
        floor = Math.max(floor, lowestOpen - 1);
        long newFloor = floor;
        ended.removeIfLong(sequence -> sequence <= newFloor);
    }

    boolean idleSince(long instantNanos) {
        return open.isEmpty() && usedNanos - instantNanos < 0;
    }
}
