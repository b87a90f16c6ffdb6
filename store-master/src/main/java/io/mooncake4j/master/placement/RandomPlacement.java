package io.mooncake4j.master.placement;

import java.util.random.RandomGenerator;

/** Any segment, with the same chance. */
final class RandomPlacement implements PlacementStrategy {
    @Override
    public String name() {
        return "random";
    }

    @Override
    public int[] order(Candidates candidates, PlacementRequest request, RandomGenerator random) {
        return new PlacementOrder(candidates, request).addRandomRun(random).toArray();
    }
}
