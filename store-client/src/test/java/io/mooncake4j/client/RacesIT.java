package io.mooncake4j.client;

import io.mooncake4j.transfer.concurrency.Races;
import org.junit.jupiter.api.Test;

/** Two threads meet in a client. */
class RacesIT {
    @Test
    void shouldSeeNothingForbiddenWhenTwoThreadsMeet() {
        Races.run();
    }
}
