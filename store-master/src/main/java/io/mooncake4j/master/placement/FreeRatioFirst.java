package io.mooncake4j.master.placement;

import java.util.random.RandomGenerator;

/** The emptiest of six samples per replica, then any. */
final class FreeRatioFirst implements PlacementStrategy {
    private static final int SAMPLES_PER_REPLICA = 6;

    @Override
    public String name() {
        return "free_ratio_first";
    }

    @Override
    public int[] order(Candidates candidates, PlacementRequest request, RandomGenerator random) {
        PlacementOrder order = new PlacementOrder(candidates, request);
        order.addSamples(random, SAMPLES_PER_REPLICA * request.replicas());
        return order.addRandomRun(random).toArray();
    }
}
