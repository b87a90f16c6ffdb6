package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.eviction.Evictor;
import io.mooncake4j.master.eviction.NearLru;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random calls, valid and not, in any order, against a model that says which object each key holds. Memory is small
 * and reused all the time. To run one seed again: {@code -Dmodel.seed=N}.
 */
class CoreModelTest {
    private static final int STEPS = 4000;
    private static final long SEGMENT_BYTES = 64 << 10;

    /** A grant as its writer knows it. */
    private record Held(UUID client, String key, Grant grant, long sizeBytes) {}

    static LongStream seeds() {
        Long one = Long.getLong("model.seed");
        return one == null ? LongStream.range(0, 40) : LongStream.of(one);
    }

    private final CoreFixture fixture = new CoreFixture();
    private final Evictor evictor = new Evictor(fixture.core, new NearLru(), 0.9, 0.8);
    private final UUID[] clients = {new UUID(1, 1), new UUID(1, 2), new UUID(1, 3)};
    /** What each key holds; a key that is not here may hold nothing. */
    private final Map<String, Held> visible = new HashMap<>();

    private @Nullable UUID firstClient;
    private final List<Held> held = new ArrayList<>();
    private final List<Held> ended = new ArrayList<>();

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldAgreeWithModelWhenCallsInterleave(long seed) {
        Random random = new Random(seed);
        fixture.mount("n1", SEGMENT_BYTES);
        fixture.mount("n2", SEGMENT_BYTES);
        for (int step = 0; step < STEPS; step++) {
            call(random);
            if (step % 16 == 0) {
                CoreAudit.check(fixture.core);
            }
        }
        CoreAudit.check(fixture.core);
        settleAndExpectEverythingFree();
    }

    private void call(Random random) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> start(random);
            case 6, 7, 8, 9 -> end(random);
            case 10 -> endAgain(random);
            case 11 -> endWrongly(random);
            case 12 -> revoke(random);
            case 13, 14, 15 -> get(random);
            case 16 -> remove(random);
            case 17 -> evict();
            case 18 -> fixture.passAlive(Duration.ofMillis(random.nextInt(4) == 0 ? 11_000 : 300));
            default -> confirmCuts();
        }
    }

    private static String anyKey(Random random) {
        return "key-" + random.nextInt(24);
    }

    private void start(Random random) {
        UUID client = clients[random.nextInt(clients.length)];
        firstClient = firstClient == null ? client : firstClient;
        String key = anyKey(random);
        long size = 1L + random.nextInt(9000);
        GrantResult started =
                fixture.start(client, fixture.nextSequence(), key, size, CoreFixture.terms(1 + random.nextInt(2)));
        if (started.grant() != null) {
            assertThat(visible).as("granted though %s is readable", key).doesNotContainKey(key);
            held.add(new Held(client, key, started.grant(), size));
        } else if (started.code() == ErrorCode.OBJECT_ALREADY_EXISTS) {
            assertThat(visible).containsKey(key);
        } else {
            assertThat(started.code()).isIn(ErrorCode.PUT_IN_PROGRESS, ErrorCode.NO_AVAILABLE_HANDLE);
        }
    }

    private void end(Random random) {
        if (held.isEmpty()) {
            return;
        }
        Held one = held.remove(random.nextInt(held.size()));
        long all = one.grant().allReplicas();
        long placed = random.nextInt(4) == 0 ? all & random.nextInt(4) : all;
        ErrorCode code = fixture.end(one.client(), one.key(), one.grant().id(), placed, all & ~placed);
        if (code == ErrorCode.OK) {
            visible.put(one.key(), one);
            ended.add(one);
        } else {
            assertThat(code).isIn(ErrorCode.GRANT_LAPSED, ErrorCode.WRITE_FAIL, ErrorCode.INVALID_WRITE);
        }
        if (code == ErrorCode.GRANT_LAPSED && random.nextBoolean()) {
            fixture.revoke(one.client(), one.key(), one.grant().id(), random.nextInt(2));
        }
    }

    private void endAgain(Random random) {
        if (!ended.isEmpty()) {
            Held one = ended.get(random.nextInt(ended.size()));
            assertThat(fixture.end(one.client(), one.key(), one.grant().id()))
                    .isIn(ErrorCode.OK, ErrorCode.INVALID_WRITE);
            assertThat(fixture.revoke(one.client(), one.key(), one.grant().id(), 0))
                    .isIn(ErrorCode.OK, ErrorCode.INVALID_WRITE);
        }
    }

    private void endWrongly(Random random) {
        if (!held.isEmpty()) {
            Held one = held.get(random.nextInt(held.size()));
            assertThat(fixture.end(new UUID(9, 9), one.key(), one.grant().id())).isNotEqualTo(ErrorCode.OK);
            assertThat(fixture.end(one.client(), one.key(), one.grant().id(), 0b100, 0))
                    .isNotEqualTo(ErrorCode.OK);
            assertThat(fixture.end(one.client(), one.key() + "x", one.grant().id()))
                    .isNotEqualTo(ErrorCode.OK);
        }
    }

    private void revoke(Random random) {
        if (!held.isEmpty()) {
            Held one = held.remove(random.nextInt(held.size()));
            assertThat(fixture.revoke(one.client(), one.key(), one.grant().id(), random.nextInt(4)))
                    .isEqualTo(ErrorCode.OK);
        }
    }

    private void get(Random random) {
        String key = anyKey(random);
        ObjectView found = fixture.get(key);
        Held expected = visible.get(key);
        if (found == null) {
            assertThat(expected).as("%s is lost", key).isNull();
        } else {
            assertThat(found.id())
                    .isEqualTo(Objects.requireNonNull(expected).grant().id());
            assertThat(found.sizeBytes()).isEqualTo(expected.sizeBytes());
        }
    }

    private void remove(Random random) {
        String key = anyKey(random);
        ErrorCode code = fixture.remove(key);
        assertThat(code).isEqualTo(visible.remove(key) == null ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK);
    }

    /** Eviction may take any object that is not leased; what it took is learnt from the store, and must be old. */
    private void evict() {
        Map<String, Held> before = new HashMap<>(visible);
        evictor.run(fixture.now());
        before.forEach((key, one) -> {
            if (fixture.core.reads().sizeOf(fixture.key(key)) < 0) {
                visible.remove(key);
                assertThat(fixture.core
                                .puts()
                                .fate(fixture.key(key), one.grant().id(), fixture.now()))
                        .isEqualTo(Puts.Fate.REMOVED);
            }
        });
    }

    private void confirmCuts() {
        for (Segment segment : fixture.core.segmentTable().all()) {
            for (SessionLedger.Cut cut : fixture.core.segments().cutsFor(segment, fixture.now())) {
                fixture.core.segments().confirmCut(segment, cut.client(), cut.generation());
            }
        }
    }

    private void settleAndExpectEverythingFree() {
        visible.keySet().forEach(fixture::remove);
        fixture.passAlive(Duration.ofSeconds(20));
        confirmCuts();
        fixture.passAlive(Duration.ofSeconds(1));
        assertThat(fixture.usedBytes()).isZero();
        for (Segment segment : fixture.core.segmentTable().all()) {
            assertThat(segment.largestFreeBytes()).isEqualTo(SEGMENT_BYTES);
        }
        try {
            fixture.start(Objects.requireNonNull(firstClient), 1, "late", 10, CoreFixture.ONE);
            throw new AssertionError("an old request was granted again");
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_REVOKED);
        }
    }
}
