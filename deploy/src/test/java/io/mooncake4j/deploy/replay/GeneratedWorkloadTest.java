package io.mooncake4j.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GeneratedWorkloadTest {
    @Test
    void shouldRepeatItselfWhenTheSeedIsTheSame() {
        GeneratedWorkload one = new GeneratedWorkload(5);
        GeneratedWorkload same = new GeneratedWorkload(5);
        GeneratedWorkload other = new GeneratedWorkload(6);
        boolean differs = false;
        for (int i = 0; i < 500; i++) {
            TraceRequest request = one.next();
            assertThat(same.next().blockIds()).isEqualTo(request.blockIds());
            differs |= !Arrays.equals(other.next().blockIds(), request.blockIds());
        }
        assertThat(differs).isTrue();
    }

    @Test
    void shouldSharePrefixesAndGrowWhenRunForLong() {
        GeneratedWorkload workload = new GeneratedWorkload(1);
        EndlessCache cache = new EndlessCache();
        long blocks = 0;
        long hits = 0;
        long lastMillis = 0;
        for (int i = 0; i < 5000; i++) {
            TraceRequest request = workload.next();
            assertThat(request.blockIds()).doesNotHaveDuplicates().startsWith(0, 1, 2, 3);
            assertThat(request.blockIds().length).isLessThanOrEqualTo(4 + 64 + 1);
            assertThat(request.timestampMillis()).isGreaterThanOrEqualTo(lastMillis);
            lastMillis = request.timestampMillis();
            blocks += request.blockIds().length;
            hits += cache.serve(request.blockIds());
        }
        assertThat((double) hits / blocks).isBetween(0.5, 0.9);
    }
}
