package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MismatchAlarmTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> logged = new ArrayList<>();
    private final MismatchAlarm alarm = new MismatchAlarm(logged::add);

    /** As nanoTime may: it runs over. */
    private static long after(double seconds) {
        return Long.MAX_VALUE - 10 * SECOND + (long) (seconds * SECOND);
    }

    @Test
    void shouldTellOfFirstAndThenOncePerHalfMinuteWhenReadsGoOnBeingWrong() {
        for (int i = 0; i < 300; i++) {
            alarm.raise(i, "wrong", after(i / 10.0));
        }
        assertThat(logged).containsExactly("object 0: wrong");

        alarm.raise(300, "wrong", after(30));
        assertThat(logged).hasSize(2).last().isEqualTo("object 300: wrong; so had 299 reads before it");
        assertThat(alarm.count()).isEqualTo(301);
    }

    @Test
    void shouldTellAtOnceWhenLastOneWasLongAgo() {
        alarm.raise(1, "wrong", after(0));
        alarm.raise(2, "wrong", after(40));
        assertThat(logged).containsExactly("object 1: wrong", "object 2: wrong");
    }
}
