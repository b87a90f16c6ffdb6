package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything lies in one shard, where eviction order is exact. */
class VictimsTest {
    private static final UUID ALICE = new UUID(1, 0xA);
    private static final int SHARD = 3;
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(30);

    private final CoreFixture fixture = new CoreFixture();
    private final Victims victims = new Victims(fixture.core);

    @BeforeEach
    void mount() {
        fixture.mount("n1", 256 << 20);
    }

    @AfterEach
    void audit() {
        CoreAudit.check(fixture.core);
    }

    private Stream<String> keys(String prefix, int count) {
        ObjectShard shard = fixture.core.objects.shard(SHARD);
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> prefix + i)
                .filter(key -> fixture.core.objects.shardOf(fixture.key(key).hash()) == shard)
                .limit(count);
    }

    private void put(String key, Duration softPin) {
        fixture.pass(Duration.ofNanos(1000));
        PutTerms terms = new PutTerms(1, softPin.toNanos(), false, List.of(), "", false);
        Grant grant =
                fixture.start(ALICE, fixture.nextSequence(), key, 10, terms).grant();
        assertThat(fixture.end(ALICE, key, Objects.requireNonNull(grant).id())).isEqualTo(ErrorCode.OK);
    }

    /** Takes all objects of a class away, and says in which order they went. */
    private List<String> evictAll(Victims.Class which, List<String> keys) {
        List<String> left = new ArrayList<>(keys);
        List<String> gone = new ArrayList<>();
        while (victims.evictOldest(which, SHARD, fixture.now()) > 0) {
            left.stream()
                    .filter(key -> fixture.core.reads().sizeOf(fixture.key(key)) < 0)
                    .findFirst()
                    .ifPresent(key -> {
                        gone.add(key);
                        left.remove(key);
                    });
        }
        return gone;
    }

    @Test
    void shouldSeeEndOfPinWhenManyLongerPinsAreOlder() {
        keys("long", 100).forEach(key -> put(key, LONG));
        String brief = keys("brief", 1).findFirst().orElseThrow();
        put(brief, SHORT);
        assertThat(victims.evictOldest(Victims.Class.ORDINARY, SHARD, fixture.now()))
                .isZero();
        fixture.passAlive(SHORT.plusMillis(1));
        assertThat(evictAll(Victims.Class.ORDINARY, List.of(brief))).containsExactly(brief);
        assertThat(evictAll(Victims.Class.SOFT_PINNED, keys("long", 100).toList()))
                .hasSize(100);
    }

    @Test
    void shouldOrderByLastAccessWhenPinsHaveEnded() {
        List<String> keys = keys("k", 60).toList();
        for (int i = 0; i < keys.size(); i++) {
            put(keys.get(i), i % 3 == 0 ? Duration.ZERO : SHORT.plusMillis(100L * ((i * 37) % 60)));
        }
        List<String> expected = new ArrayList<>(keys);
        for (int i = 0; i < keys.size(); i += 7) {
            fixture.pass(Duration.ofNanos(1000));
            fixture.get(keys.get(i));
            expected.remove(keys.get(i));
            expected.add(keys.get(i));
        }
        fixture.passAlive(SHORT.plusSeconds(10));
        assertThat(victims.oldestAccess(Victims.Class.SOFT_PINNED, SHARD, fixture.now()))
                .isEqualTo(Victims.NOTHING);
        for (int i = 1; i < keys.size(); i += 11) {
            fixture.pass(Duration.ofNanos(1000));
            fixture.get(keys.get(i));
            expected.remove(keys.get(i));
            expected.add(keys.get(i));
        }
        fixture.passAlive(SHORT);
        assertThat(evictAll(Victims.Class.ORDINARY, keys)).isEqualTo(expected);
    }

    @Test
    void shouldForgetPinWhenObjectIsRemoved() {
        List<String> keys = keys("k", 3).toList();
        keys.forEach(key -> put(key, SHORT));
        fixture.remove(keys.get(0));
        fixture.passAlive(SHORT.plusMillis(1));
        assertThat(victims.oldestAccess(Victims.Class.ORDINARY, SHARD, fixture.now()))
                .isNotEqualTo(Victims.NOTHING);
        fixture.remove(keys.get(1));
        assertThat(evictAll(Victims.Class.ORDINARY, keys.subList(2, 3))).containsExactly(keys.get(2));
    }

    /** A walk over the ordinary objects for each ended pin takes minutes. */
    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    void shouldStayQuickWhenManyPinsEndAtOnce() {
        ObjectShard shard = new ObjectShard(0);
        int count = 300_000;
        for (int i = 0; i < 2 * count; i++) {
            ObjectEntry entry = new ObjectEntry(new Tenant("t"), new byte[] {1}, i, i, 1, 0, false, Replica.NONE, i);
            shard.add(entry);
            if (i % 2 == 1) {
                shard.softPin(entry, 2L * count);
            }
        }
        for (int i = 0; i < 2 * count; i++) {
            ObjectEntry oldest = shard.evictable().oldest(Victims.Class.ORDINARY, 2L * count);
            assertThat(Objects.requireNonNull(oldest).id).isEqualTo(i);
            shard.remove(oldest);
        }
    }
}
