package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.concurrency.Races;
import org.junit.jupiter.api.Test;

/** Two threads meet in the placement of objects. */
class RacesIT {
    @Test
    void shouldSeeNothingForbiddenWhenTwoThreadsMeet() {
        Races.run();
    }
}
