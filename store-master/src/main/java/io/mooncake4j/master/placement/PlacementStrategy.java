package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Which segments to try for a new object. Without state: any number of threads may ask. */
public interface PlacementStrategy {
    /** All there are. */
    List<PlacementStrategy> ALL = List.of(new RandomPlacement(), new FreeRatioFirst(), new LocalFirst());

    /** The name in settings. */
    String name();

    /**
     * Indexes of candidates, each at most once, in the order in which to try them: the caller takes at most one replica
     * from each and goes on where one is full. Preferred segments come first, then, if that is wanted, those on the
     * writer's machine. Unusable candidates and ones with less free than the object's size are left out.
     *
     * @param random the only source of chance; used by this thread during this call
     */
    int[] order(Candidates candidates, PlacementRequest request, RandomGenerator random);

    /**
     * The strategy of this name.
     *
     * @throws StoreException INVALID_PARAMS if there is none
     */
    static PlacementStrategy of(String name) {
        for (PlacementStrategy strategy : ALL) {
            if (strategy.name().equals(name)) {
                return strategy;
            }
        }
        throw new StoreException(
                ErrorCode.INVALID_PARAMS,
                "no placement strategy is named \"" + name + "\"; use one of "
                        + ALL.stream().map(PlacementStrategy::name).collect(Collectors.joining(", ")));
    }
}
