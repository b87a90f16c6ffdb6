package io.mooncake4j.master.placement;

import java.util.random.RandomGenerator;

/** The writer's machine, then the others in the order of their names, round; within one the key decides; then any. */
final class LocalFirst implements PlacementStrategy {
    @Override
    public String name() {
        return "local_first";
    }

    @Override
    public int[] order(Candidates candidates, PlacementRequest request, RandomGenerator random) {
        PlacementOrder order = new PlacementOrder(candidates, request);
        candidates.fromHostOn(request.writerHostId(), request.keyHash(), order::add);
        return order.addRandomRun(random).toArray();
    }
}
