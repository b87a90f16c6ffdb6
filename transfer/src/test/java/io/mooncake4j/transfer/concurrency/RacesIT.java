package io.mooncake4j.transfer.concurrency;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Two threads meet in what nodes and clients share. */
class RacesIT {
    @Test
    void shouldSeeNothingForbiddenWhenTwoThreadsMeet() {
        Races.run();
    }

    @Test
    void shouldFailWhenALockIsMissingOrACheckFails() {
        assertThatThrownBy(() -> Races.run("LostUpdate"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("LostUpdate.WithoutLock")
                .hasMessageContaining("LostUpdate.WithFailedCheck")
                .hasMessageContaining("a check failed");
    }
}
