package io.mooncake4j.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CacheModelTest {
    /** The same rules on a list, oldest first. */
    private static int serveNaively(List<Long> cache, long[] blockIds, int capacity) {
        int hits = 0;
        boolean leading = true;
        for (long id : blockIds) {
            boolean present = cache.remove(Long.valueOf(id));
            leading &= present;
            hits += leading ? 1 : 0;
            cache.add(id);
            if (cache.size() > capacity) {
                cache.remove(0);
            }
        }
        return hits;
    }

    @Property
    void shouldAgreeWithANaiveListWhenServingAnyRequests(
            @ForAll @Size(max = 40) List<@Size(max = 12) List<@LongRange(min = 0, max = 30) Long>> requests,
            @ForAll @IntRange(min = 0, max = 25) int capacity) {
        CacheModel lru = new LruCache(capacity * 100L + 99, 100);
        CacheModel endless = new EndlessCache();
        List<Long> naive = new ArrayList<>();
        List<Long> naiveEndless = new ArrayList<>();
        for (List<Long> request : requests) {
            long[] ids = request.stream().distinct().mapToLong(Long::longValue).toArray();
            assertThat(lru.serve(ids)).isEqualTo(serveNaively(naive, ids, capacity));
            assertThat(endless.serve(ids)).isEqualTo(serveNaively(naiveEndless, ids, Integer.MAX_VALUE));
        }
    }

    @Test
    void shouldCountLeadingBlocksOnlyWhenAMiddleOneIsGone() {
        CacheModel lru = new LruCache(3, 1);
        lru.serve(new long[] {1, 2, 3});
        lru.serve(new long[] {1, 4});

        assertThat(lru.serve(new long[] {1, 2, 4})).isEqualTo(1);
    }
}
