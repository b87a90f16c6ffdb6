package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementStrategyTest {
    private static final String WRITER = "host-b";

    private final RandomGenerator random = new SplittableRandom(42);

    private static final class FakeSegment implements Candidate {
        private final String name;
        private final String hostId;
        private final long capacityBytes;
        private long freeBytes;
        private boolean usable = true;

        FakeSegment(String name, String hostId, long capacityBytes) {
            this.name = name;
            this.hostId = hostId;
            this.capacityBytes = capacityBytes;
            this.freeBytes = capacityBytes;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String hostId() {
            return hostId;
        }

        @Override
        public long capacityBytes() {
            return capacityBytes;
        }

        @Override
        public long freeBytes() {
            return freeBytes;
        }

        @Override
        public boolean usable() {
            return usable;
        }
    }

    @Property
    void shouldNameEachUsableSegmentOnceWhenTheyAreAHundredAtMost(
            @ForAll @IntRange(max = 100) int count,
            @ForAll @IntRange(min = 1, max = 64) int replicas,
            @ForAll @IntRange(max = 2) int strategy,
            @ForAll boolean sameNode,
            @ForAll long seed) {
        SplittableRandom choice = new SplittableRandom(seed);
        List<FakeSegment> segments = segments(count, 100);
        segments.forEach(segment -> {
            segment.usable = choice.nextInt(10) > 0;
            segment.freeBytes = choice.nextLong(101);
        });
        List<String> preferred = List.of("segment-3", "missing", "segment-1", "segment-3");
        int[] order = PlacementStrategy.ALL
                .get(strategy)
                .order(
                        new Candidates(segments),
                        new PlacementRequest(10, replicas, preferred, WRITER, sameNode, seed),
                        choice);
        assertThat(order)
                .containsExactlyInAnyOrder(IntStream.range(0, count)
                        .filter(i -> segments.get(i).usable && segments.get(i).freeBytes >= 10)
                        .toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "free_ratio_first", "local_first"})
    void shouldBeginWithPreferredSegmentsWhenTheyAreThere(String name) {
        List<FakeSegment> segments = segments(20, 1000);
        PlacementRequest request =
                new PlacementRequest(1, 2, List.of("segment-7", "nobody", "segment-2", "segment-19"), WRITER, false, 5);
        assertThat(order(name, segments, request)).startsWith(7, 2, 19).hasSize(20);
        segments.get(2).usable = false;
        assertThat(order(name, segments, request)).startsWith(7, 19).hasSize(19);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "free_ratio_first", "local_first"})
    void shouldPreferAllSegmentsOfANameWhenSeveralShareIt(String name) {
        List<FakeSegment> segments = List.of(
                new FakeSegment("x", "", 1), new FakeSegment("shared", "", 1), new FakeSegment("shared", "", 1));
        assertThat(order(name, segments, new PlacementRequest(1, 1, List.of("shared"), "", false, 0)))
                .containsExactly(1, 2, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "free_ratio_first", "local_first"})
    void shouldTryTheWritersMachineAfterPreferredSegmentsWhenTheSameNodeIsWanted(String name) {
        PlacementRequest request = new PlacementRequest(1, 1, List.of("segment-0"), WRITER, true, 1);
        // host-b has the segments 1, 4, 7, 10; the key's hash begins with the second
        assertThat(order(name, segments(12, 1000), request)).startsWith(0, 4, 7, 10, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "free_ratio_first", "local_first"})
    void shouldReturnNothingWhenThereIsNoSegment(String name) {
        assertThat(order(name, List.of(), request(1, ""))).isEmpty();
    }

    @Test
    void shouldStartAnywhereWithTheSameChanceWhenRandom() {
        Candidates candidates = new Candidates(segments(10, 1000));
        int[] starts = new int[10];
        for (int i = 0; i < 10_000; i++) {
            int[] order = PlacementStrategy.of("random").order(candidates, request(1, WRITER), random);
            starts[order[0]]++;
            assertThat(order[1]).isEqualTo((order[0] + 1) % 10);
        }
        assertThat(Arrays.stream(starts).boxed()).allMatch(count -> count > 850 && count < 1150);
    }

    @Test
    void shouldTryAHundredAtMostWhenRandomAndThereAreMore() {
        assertThat(order("random", segments(300, 1000), request(1, WRITER)))
                .hasSize(100)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldGiveTheSameOrderWhenTheSeedIsTheSame() {
        Candidates candidates = new Candidates(segments(50, 1000));
        for (PlacementStrategy strategy : PlacementStrategy.ALL) {
            assertThat(strategy.order(candidates, request(2, WRITER), new SplittableRandom(9)))
                    .isEqualTo(strategy.order(candidates, request(2, WRITER), new SplittableRandom(9)));
        }
    }

    @Test
    void shouldOrderByFreePartWhenThereAreNoMoreThanTheSamples() {
        List<FakeSegment> segments = segments(12, 1000);
        for (int i = 0; i < 12; i++) {
            segments.get(i).freeBytes = 100L + (i * 7 % 12) * 50L;
        }
        int[] order = order("free_ratio_first", segments, request(2, WRITER));
        assertThat(Arrays.stream(order).mapToLong(i -> -segments.get(i).freeBytes))
                .isSorted();
    }

    @Test
    void shouldFillMoreEvenlyThanRandomWhenTheFreeRatioDecides() {
        double random = spreadOfFill("random");
        double ranked = spreadOfFill("free_ratio_first");
        assertThat(ranked).isLessThan(0.02);
        assertThat(random).isGreaterThan(5 * ranked);
    }

    /** Fills 50 segments of four sizes to about 70 %; the fullest segment's used part less the emptiest's. */
    private double spreadOfFill(String strategy) {
        List<FakeSegment> segments = IntStream.range(0, 50)
                .mapToObj(i -> new FakeSegment("s" + i, "h" + i, 250_000L * (1 + i % 4)))
                .toList();
        Candidates candidates = new Candidates(segments);
        long left = segments.stream().mapToLong(FakeSegment::capacityBytes).sum() / 10 * 7;
        while (left > 0) {
            long size = 1L + random.nextInt(2000);
            PlacementRequest request = new PlacementRequest(size, 1, List.of(), "", false, 0);
            segments.get(PlacementStrategy.of(strategy).order(candidates, request, random)[0]).freeBytes -= size;
            left -= size;
        }
        double[] used = segments.stream()
                .mapToDouble(segment -> 1 - (double) segment.freeBytes / segment.capacityBytes)
                .sorted()
                .toArray();
        return used[used.length - 1] - used[0];
    }

    @Test
    void shouldGoRoundTheHostsFromTheWritersOnWhenLocalFirst() {
        List<FakeSegment> segments = List.of(
                new FakeSegment("s0", "host-c", 1),
                new FakeSegment("s1", "", 1),
                new FakeSegment("s2", "host-a", 1),
                new FakeSegment("s3", "host-b", 1),
                new FakeSegment("s4", "LocalHost", 1));
        assertThat(order("local_first", segments, request(1, "host-b"))).startsWith(3, 0, 2);
        assertThat(order("local_first", segments, request(1, "host-bb"))).startsWith(0, 2, 3);
        assertThat(order("local_first", segments, request(1, "host-z"))).startsWith(2, 3, 0);
    }

    @Test
    void shouldRotateWithinAHostByTheKeysHashWhenLocalFirst() {
        List<FakeSegment> segments = segments(9, 1000);
        for (long hash : new long[] {0, 1, 2, -1}) {
            int start = (int) Long.remainderUnsigned(hash, 3);
            PlacementRequest request = new PlacementRequest(1, 1, List.of(), WRITER, false, hash);
            assertThat(order("local_first", segments, request))
                    .startsWith(1 + 3 * start, 1 + 3 * ((start + 1) % 3), 1 + 3 * ((start + 2) % 3));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "LOCALHOST", "127.0.0.1", "0.0.0.0", "::1", "[::1]", "::", "[::]"})
    void shouldPlaceAtRandomWhenTheWritersHostIsUnknown(String host) {
        List<FakeSegment> segments = segments(10, 1000);
        segments.set(0, new FakeSegment("segment-0", host, 1000));
        Candidates candidates = new Candidates(segments);
        for (boolean sameNode : new boolean[] {false, true}) {
            long starts = IntStream.range(0, 100)
                    .map(i -> PlacementStrategy.of("local_first")
                            .order(candidates, new PlacementRequest(1, 1, List.of(), host, sameNode, 0), random)[0])
                    .distinct()
                    .count();
            assertThat(starts).isGreaterThan(5);
        }
    }

    @Test
    void shouldBeFoundByItsNameWhenItIsOne() {
        for (PlacementStrategy strategy : PlacementStrategy.ALL) {
            assertThat(PlacementStrategy.of(strategy.name())).isSameAs(strategy);
        }
    }

    @Test
    void shouldListTheNamesWhenThereIsNoSuchStrategy() {
        assertThatThrownBy(() -> PlacementStrategy.of("best"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining("\"best\"")
                .hasMessageContaining("random, free_ratio_first, local_first");
    }

    private int[] order(String strategy, List<FakeSegment> segments, PlacementRequest request) {
        return PlacementStrategy.of(strategy).order(new Candidates(segments), request, random);
    }

    private static PlacementRequest request(int replicas, String writer) {
        return new PlacementRequest(1, replicas, List.of(), writer, false, 0);
    }

    /** Segments segment-0 … on the hosts host-a, host-b and host-c in turn. */
    private static List<FakeSegment> segments(int count, long capacityBytes) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> new FakeSegment("segment-" + i, "host-" + "abc".charAt(i % 3), capacityBytes))
                .toList());
    }
}
