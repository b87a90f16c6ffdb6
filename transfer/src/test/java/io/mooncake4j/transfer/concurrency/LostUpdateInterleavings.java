package io.mooncake4j.transfer.concurrency;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/** The tests of this kind can fail. */
class LostUpdateInterleavings {
    private static final class Counter {
        int count;

        void increment() {
            count++;
        }
    }

    @Test
    void shouldFindTheOrderWhenALockIsMissing() {
        assertThatThrownBy(() -> Interleavings.explore(() -> {
                    Counter counter = new Counter();
                    Interleavings.together(counter::increment, counter::increment);
                    Interleavings.check(counter.count == 2, "an increment is lost");
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("an increment is lost");
    }

    @Test
    void shouldFailWhenACheckFailsOnAThreadOfTheScenario() {
        assertThatThrownBy(() -> Interleavings.explore(
                        () -> Interleavings.together(() -> Interleavings.check(false, "wrong on a thread"))))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("wrong on a thread");
    }
}
