package io.mooncake4j.master.placement;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** An order under construction: each candidate at most once, none that is unusable or has too little free. */
final class PlacementOrder {
    private static final int SCAN_LIMIT = 100;

    private final Candidates candidates;
    private final PlacementRequest request;
    private final int[] order;
    private final boolean[] added;
    private int length;

    /** Begins with what the request prefers. */
    PlacementOrder(Candidates candidates, PlacementRequest request) {
        this.candidates = candidates;
        this.request = request;
        this.order = new int[candidates.size()];
        this.added = new boolean[order.length];
        for (String name : request.preferredSegments()) {
            candidates.named(name, this::add);
        }
        if (request.preferSameNode()) {
            candidates.onHost(request.writerHostId(), request.keyHash(), this::add);
        }
    }

    void add(int index) {
        Candidate candidate = candidates.get(index);
        if (!added[index] && candidate.usable() && candidate.freeBytes() >= request.sizeBytes()) {
            added[index] = true;
            order[length++] = index;
        }
    }

    /** A random candidate and those after it, round, of which at most 100 are looked at. */
    PlacementOrder addRandomRun(RandomGenerator random) {
        addRun(random, Math.min(SCAN_LIMIT, order.length));
        return this;
    }

    /** Samples of candidates, those with the larger free part first; all of them if there are no more. */
    void addSamples(RandomGenerator random, int samples) {
        int from = length;
        if (samples >= order.length) {
            addRun(random, order.length);
        } else {
            for (int i = 0; i < samples; i++) {
                add(random.nextInt(order.length));
            }
        }
        sortByFreePart(from);
    }

    int[] toArray() {
        return Arrays.copyOf(order, length);
    }

    private void addRun(RandomGenerator random, int count) {
        int index = count == 0 ? 0 : random.nextInt(order.length);
        for (int i = 0; i < count; i++) {
            add(index);
            index = index + 1 == order.length ? 0 : index + 1;
        }
    }

    /** By insertion: they are few. Free parts change meanwhile, so each is read once. */
    private void sortByFreePart(int from) {
        double[] parts = new double[length - from];
        for (int i = from; i < length; i++) {
            int index = order[i];
            Candidate candidate = candidates.get(index);
            double part = (double) candidate.freeBytes() / candidate.capacityBytes();
            int at = i;
            for (; at > from && parts[at - 1 - from] < part; at--) {
                order[at] = order[at - 1];
                parts[at - from] = parts[at - 1 - from];
            }
            order[at] = index;
            parts[at - from] = part;
        }
    }
}
