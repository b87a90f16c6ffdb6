package io.mooncake4j.master.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.placement.CoreAudit;
import io.mooncake4j.master.placement.CoreFixture;
import io.mooncake4j.master.placement.GrantResult;
import io.mooncake4j.master.placement.PutTerms;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EvictorTest {
    private static final UUID ALICE = new UUID(1, 0xA);
    private static final long KIB = 1 << 10;
    private static final long CAPACITY = 1000 * KIB;

    private final CoreFixture fixture = new CoreFixture();
    private final Evictor evictor = new Evictor(fixture.core, new NearLru(), 0.90, 0.85);

    @AfterEach
    void audit() {
        CoreAudit.check(fixture.core);
    }

    private void fill(int from, int to) {
        for (int i = from; i < to; i++) {
            fixture.pass(Duration.ofNanos(1000));
            assertThat(fixture.put(ALICE, "k" + i, KIB)).isEqualTo(ErrorCode.OK);
        }
    }

    private boolean there(int key) {
        return fixture.core.reads().sizeOf(fixture.key("k" + key)) >= 0;
    }

    private void put(String key, PutTerms terms) {
        GrantResult started = fixture.start(ALICE, fixture.nextSequence(), key, KIB, terms);
        fixture.end(ALICE, key, Objects.requireNonNull(started.grant()).id());
    }

    @Test
    void shouldDoNothingWhenBelowTheWatermark() {
        fixture.mount("n1", CAPACITY);
        fill(0, 900);
        assertThat(evictor.run(fixture.now())).isZero();
    }

    @Test
    void shouldEvictOldestDownToLowWatermark() {
        fixture.mount("n1", CAPACITY);
        fill(0, 910);
        assertThat(evictor.run(fixture.now())).isEqualTo(60 * KIB);
        assertThat(fixture.usedBytes()).isEqualTo(850 * KIB);
        for (int i = 0; i < 910; i++) {
            assertThat(there(i)).as("k%d", i).isEqualTo(i >= 60);
        }
    }

    @Test
    void shouldSpareWhatWasReadLastWhenItIsOld() {
        fixture.mount("n1", CAPACITY);
        fill(0, 910);
        fixture.get("k0");
        fixture.passAlive(Duration.ofSeconds(6));
        evictor.run(fixture.now());
        assertThat(there(0)).isTrue();
        assertThat(there(60)).isFalse();
    }

    @Test
    void shouldSkipLeasedObjects() {
        fixture.mount("n1", CAPACITY);
        fill(0, 910);
        for (int i = 0; i < 910; i++) {
            fixture.get("k" + i);
        }
        assertThat(evictor.run(fixture.now())).isZero();
        fixture.passAlive(Duration.ofSeconds(6));
        assertThat(evictor.run(fixture.now())).isPositive();
    }

    @Test
    void shouldCountMemoryOnItsWayToFreeAsFree() {
        fixture.mount("n1", CAPACITY);
        fill(0, 910);
        for (int i = 0; i < 100; i++) {
            fixture.get("k" + i);
            fixture.remove("k" + i);
        }
        assertThat(fixture.usedBytes()).isEqualTo(910 * KIB);
        assertThat(evictor.run(fixture.now())).isZero();
    }

    @Test
    void shouldNeverEvictHardPinnedAndSoftPinnedOnlyAsLastResort() {
        fixture.mount("n1", CAPACITY);
        for (int i = 0; i < 400; i++) {
            fixture.pass(Duration.ofNanos(1000));
            put("hard" + i, new PutTerms(1, 0, true, List.of(), "", false));
            put("soft" + i, new PutTerms(1, Duration.ofMinutes(30).toNanos(), false, List.of(), "", false));
        }
        fill(0, 110);
        evictor.run(fixture.now());
        for (int i = 0; i < 400; i++) {
            assertThat(fixture.core.reads().sizeOf(fixture.key("soft" + i))).isPositive();
        }
        fill(200, 280);
        for (int i = 0; i < 280; i++) {
            fixture.remove("k" + i);
        }
        for (int i = 0; i < 120; i++) {
            put("hard2-" + i, new PutTerms(1, 0, true, List.of(), "", false));
        }
        evictor.run(fixture.now());
        assertThat(fixture.core.reads().sizeOf(fixture.key("soft0"))).isEqualTo(-1);
        for (int i = 0; i < 400; i++) {
            assertThat(fixture.core.reads().sizeOf(fixture.key("hard" + i))).isPositive();
        }
    }

    @Test
    void shouldNeverEvictWhatIsBothHardAndSoftPinned() {
        fixture.mount("n1", CAPACITY);
        put("both", new PutTerms(1, Duration.ofSeconds(10).toNanos(), true, List.of(), "", false));
        fill(0, 910);
        fixture.passAlive(Duration.ofSeconds(11));
        assertThat(evictor.run(fixture.now())).isPositive();
        assertThat(fixture.core.reads().sizeOf(fixture.key("both"))).isPositive();
    }

    @Test
    void shouldTreatSoftPinnedAsOrdinaryWhenThePinHasEnded() {
        fixture.mount("n1", CAPACITY);
        put("soft", new PutTerms(1, Duration.ofSeconds(10).toNanos(), false, List.of(), "", false));
        fill(0, 910);
        fixture.passAlive(Duration.ofSeconds(11));
        evictor.run(fixture.now());
        assertThat(fixture.core.reads().sizeOf(fixture.key("soft"))).isEqualTo(-1);
    }

    @Test
    void shouldMakeRoomWhenAnAllocationFailedBelowTheWatermark() {
        fixture.mount("n1", CAPACITY);
        fill(0, 880);
        assertThat(fixture.start(ALICE, "big", 200 * KIB).code()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        assertThat(evictor.run(fixture.now())).isPositive();
        assertThat(evictor.run(fixture.now())).isZero();
    }
}
