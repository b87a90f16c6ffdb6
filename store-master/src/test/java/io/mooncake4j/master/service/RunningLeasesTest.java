package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunningLeasesTest {
    private long given;
    private final RunningLeases leases = new RunningLeases(5000, () -> given);

    private void pass(int millis) {
        for (int i = 0; i < millis; i += (int) leases.everyMillis()) {
            leases.look();
        }
    }

    @Test
    void shouldCountWhatWasGivenWithinTheLastLeaseTime() {
        assertThat(leases.everyMillis()).isEqualTo(250);
        assertThat(leases.count()).isZero();
        given = 7;
        assertThat(leases.count()).isEqualTo(7);
        pass(3000);
        given += 5;
        assertThat(leases.count()).isEqualTo(12);
        pass(2000);
        assertThat(leases.count()).isEqualTo(5);
        pass(3000);
        assertThat(leases.count()).isZero();
    }

    @Test
    void shouldNotLookWithoutEndWhenLeasesAreShort() {
        assertThat(new RunningLeases(1, () -> 0).everyMillis()).isPositive();
    }
}
