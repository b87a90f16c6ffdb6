package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.journal.MemoryJournal;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentsTest {
    private static final UUID ALICE = new UUID(1, 0xA);
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final long MIB = 1 << 20;

    private final CoreFixture fixture = new CoreFixture();

    @AfterEach
    void audit() {
        CoreAudit.check(fixture.core);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void shouldKeepContentWhenNodeReturnsWarm() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", 1000);
        segment.suspend(1);
        assertThat(fixture.get("k")).isNull();
        fixture.mount(segment.id(), "n1", 4 * MIB, 2, CLUSTER);
        assertThat(fixture.get("k")).isNotNull();
    }

    @Test
    void shouldFreeQuarantineWhenNodeReturnsWithANewNonce() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = Objects.requireNonNull(fixture.start(ALICE, "k", MIB).grant());
        fixture.revoke(ALICE, "k", grant.id(), 1);
        assertThat(segment.quarantinedBytes()).isEqualTo(MIB);
        fixture.mount(segment.id(), "n1", 4 * MIB, 2, CLUSTER);
        assertThat(segment.usedBytes()).isZero();
        assertThat(fixture.core.segments().cutsFor(segment, fixture.now())).isEmpty();
    }

    @Test
    void shouldRefuseEarlierLifeWhenItsMountArrivesLate() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.mount(segment.id(), "n1", 4 * MIB, 2, CLUSTER);
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> fixture.mount(segment.id(), "n1", 4 * MIB, 1, CLUSTER));
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> fixture.core.segments().heard(segment.id(), 1, fixture.now()));
    }

    @Test
    void shouldNotTakeADroppedIdAgainWhenItsMountArrivesLate() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.core.segments().leave(segment.id(), 1, new Commit(), fixture.now());
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> fixture.mount(segment.id(), "n1", 4 * MIB, 1, null));
        assertThat(fixture.core.segmentTable().all()).isEmpty();
    }

    @Test
    void shouldRefuseContentThatIsNotInTheJournal() {
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> fixture.mount(UUID.randomUUID(), "n1", MIB, 1, CLUSTER));
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> fixture.mount(UUID.randomUUID(), "n1", MIB, 1, new UUID(9, 9)));
    }

    @Test
    void shouldRefuseEmptySegmentUnderAnIdThatHasContent() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        refused(ErrorCode.SEGMENT_ALREADY_EXISTS, () -> fixture.mount(segment.id(), "n1", 4 * MIB, 2, null));
    }

    @Test
    void shouldMountOnceWhenMountComesTwice() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", 1000);
        assertThat(fixture.mount(segment.id(), "n1", 4 * MIB, 1, null)).isSameAs(segment);
        assertThat(fixture.core.segmentTable().all()).hasSize(1);
        assertThat(fixture.get("k")).isNotNull();
    }

    @Test
    void shouldMoveThroughStatesWhenNodeIsSilent() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", 1000);
        silence(9);
        assertThat(segment.state()).isEqualTo(Segment.State.OK);
        silence(2);
        assertThat(segment.state()).isEqualTo(Segment.State.SUSPECT);
        assertThat(fixture.get("k")).isNotNull();
        assertThat(fixture.start(ALICE, "k2", 1).code()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        silence(20);
        assertThat(segment.state()).isEqualTo(Segment.State.OFFLINE);
        assertThat(fixture.get("k")).isNull();
        fixture.core.segments().heard(segment.id(), 1, fixture.now());
        silence(0);
        assertThat(fixture.get("k")).isNotNull();
        silence(600);
        assertThat(segment.state()).isEqualTo(Segment.State.DROPPED);
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> fixture.core.segments().heard(segment.id(), 1, fixture.now()));
        assertThat(fixture.core.objects().objectCount()).isZero();
    }

    private void silence(int seconds) {
        for (int i = 0; i < seconds * 2; i++) {
            fixture.pass(Duration.ofMillis(500));
        }
        fixture.pass(Duration.ZERO);
    }

    @Test
    void shouldNotBlameNodesWhenTheMasterItselfWasPaused() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.pass(Duration.ofMinutes(15));
        assertThat(segment.state()).isEqualTo(Segment.State.OK);
    }

    @Test
    void shouldPreferHealthyReplicasWhenANodeIsSuspect() {
        Segment first = fixture.mount("n1", 4 * MIB);
        Segment second = fixture.mount("n2", 4 * MIB);
        Grant grant = Objects.requireNonNull(
                fixture.start(ALICE, 1, "k", 100, CoreFixture.terms(2)).grant());
        fixture.end(ALICE, "k", grant.id(), 0b11, 0);
        for (int i = 0; i < 24; i++) {
            fixture.core.segments().heard(second.id(), 1, fixture.now());
            fixture.pass(Duration.ofMillis(500));
        }
        assertThat(first.state()).isEqualTo(Segment.State.SUSPECT);
        assertThat(Objects.requireNonNull(fixture.get("k")).replicas())
                .extracting(Replica::segment)
                .containsExactly(second, first);
    }

    @Test
    void shouldHoldMemoryOffUntilLeasesEndWhenLeasedObjectIsRemoved() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", MIB);
        fixture.get("k");
        assertThat(fixture.remove("k")).isEqualTo(ErrorCode.OK);
        assertThat(fixture.get("k")).isNull();
        fixture.passAlive(Duration.ofMillis(5000));
        assertThat(segment.heldOffBytes()).isEqualTo(MIB);
        fixture.passAlive(Duration.ofMillis(100));
        assertThat(segment.usedBytes()).isZero();
        assertThat(fixture.remove("k")).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
    }

    @Test
    void shouldOfferMemoryAtOnceWhenAPingFindsItsLeasesEnded() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", MIB);
        fixture.get("k");
        assertThat(fixture.remove("k")).isEqualTo(ErrorCode.OK);
        long later = fixture.now() + Duration.ofSeconds(6).toNanos();
        assertThat(fixture.core.segments().cutsFor(segment, later)).isEmpty();
        assertThat(segment.usedBytes()).isZero();
        assertThat(segment.freeBytes()).isEqualTo(4 * MIB);
    }

    @Test
    void shouldDropReplicaWhenNodeFindsItCorrupt() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = Objects.requireNonNull(fixture.start(ALICE, "k", 3).grant());
        long checksum = Checksum.of(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        fixture.core.puts().end(ALICE, fixture.key("k"), grant.id(), 1, 0, checksum, new Commit(), fixture.now());
        CorruptionReports reports = fixture.core.corruption();
        assertThat(reports.report(fixture.key("k"), grant.id() + 1, segment.id(), fixture.now()))
                .isEqualTo(ErrorCode.OBJECT_CHANGED);
        assertThat(reports.report(fixture.key("k"), grant.id(), segment.id(), fixture.now()))
                .isEqualTo(ErrorCode.OK);
        List<CorruptionReports.Order> orders = reports.ordersFor(segment, fixture.now());
        assertThat(orders).hasSize(1);
        reports.verified(segment, orders.get(0).id(), false, fixture.now());
        assertThat(fixture.get("k")).isNull();
        assertThat(reports.ordersFor(segment, fixture.now())).isEmpty();
    }

    @Test
    void shouldListEveryKeyOnceWhenPagesAreSmall() {
        fixture.mount("n1", 4 * MIB);
        for (int i = 0; i < 1000; i++) {
            fixture.put(ALICE, "key-" + i, 10);
        }
        Tenant tenant = fixture.core.objects().tenant("");
        java.util.Set<String> seen = new java.util.HashSet<>();
        byte[] page = {};
        int pages = 0;
        do {
            Reads.Page found = fixture.core.reads().list(tenant, page, 7, key -> true);
            found.keys()
                    .forEach(key -> assertThat(seen.add(new String(key, java.nio.charset.StandardCharsets.UTF_8)))
                            .isTrue());
            page = found.next();
            pages++;
        } while (page.length > 0);
        assertThat(seen).hasSize(1000);
        assertThat(pages).isGreaterThan(100);
    }

    @Test
    void shouldForgetObjectWhenAllItsNodesAreLostAtOnce() {
        fixture.mount("n1", 4 * MIB);
        fixture.mount("n2", 4 * MIB);
        Grant grant = Objects.requireNonNull(
                fixture.start(ALICE, 1, "k", 1000, CoreFixture.terms(2)).grant());
        assertThat(fixture.end(ALICE, "k", grant.id(), 0b11, 0)).isEqualTo(ErrorCode.OK);
        long lost = fixture.now() + fixture.core.times().dropNanos();
        while (fixture.now() <= lost) {
            fixture.pass(Duration.ofMillis(900));
        }
        assertThat(fixture.core.segmentTable().all()).isEmpty();
        assertThat(fixture.core.objects().objectCount()).isZero();
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.REMOVED);
    }

    @Test
    void shouldRefuseOnlyWhatTheJournalCannotKeepWhenItHasNoRoomForSegments() {
        RecordedLog log = new RecordedLog();
        CoreFixture full = new CoreFixture(SafetyRules.ALL, log);
        UUID known = full.mount("n1", MIB).id();
        log.refuseSegments("no room");

        assertThatThrownBy(() -> full.mount("n2", MIB)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE_IN_CURRENT_STATUS);
            assertThat(e.reason()).isEqualTo("no room");
        });
        UUID cluster = full.core.epoch().clusterId();
        assertThatThrownBy(() -> full.mount(known, "n1", MIB, 2, cluster)).hasMessageContaining("no room");
        assertThat(full.core.segmentTable().all()).extracting(Segment::name).containsExactly("n1");
        assertThat(full.mount(known, "n1", MIB, 1, null).id()).as("as it is").isEqualTo(known);
        assertThat(log.changes())
                .filteredOn(Change.SegmentMounted.class::isInstance)
                .hasSize(1);
    }

    /** A drop that comes between the record of a put and its effect must wait. */
    @Test
    void shouldEndPutAndForgetItWhenItsNodeLeavesInTheMiddle() throws Exception {
        MeddledLog log = new MeddledLog();
        CoreFixture racing = new CoreFixture(SafetyRules.ALL, log);
        Segment segment = racing.mount("n1", 4 * MIB);
        log.after = change -> {
            if (change instanceof Change.ObjectPlaced) {
                log.meddle(() -> racing.core.segments().leave(segment.id(), 1, new Commit(), racing.now()));
            }
        };
        assertThat(racing.put(ALICE, "k", 1000)).isEqualTo(ErrorCode.OK);
        log.meddled.get(20, TimeUnit.SECONDS);
        assertThat(racing.get("k")).isNull();
        assertThat(racing.core.objects().objectCount()).isZero();
        CoreAudit.check(racing.core);
        assertThat(log.changes)
                .extracting(change -> change.getClass().getSimpleName())
                .containsExactly("SegmentMounted", "ObjectPlaced", "SegmentDropped", "ObjectRemoved");
    }

    /** Else a next leader would find the node suspended, whose next life is mounted. */
    @Test
    void shouldRecordTheNextLifeLastWhenItIsMountedInTheMiddleOfASuspension() throws Exception {
        MeddledLog log = new MeddledLog();
        CoreFixture racing = new CoreFixture(SafetyRules.ALL, log);
        Segment segment = racing.mount("n1", 4 * MIB);
        log.before = change -> {
            if (change instanceof Change.SegmentMounted mounted
                    && mounted.address().equals(Segment.Address.NOWHERE)) {
                log.meddle(() -> racing.mount(segment.id(), "n1", 4 * MIB, 2, CLUSTER));
            }
        };
        racing.core.segments().suspend(segment.id(), 1, new Commit());
        log.meddled.get(20, TimeUnit.SECONDS);
        assertThat(log.changes)
                .extracting(change -> ((Change.SegmentMounted) change).address().processNonce())
                .containsExactly(1L, Segment.Address.NOWHERE.processNonce(), 2L);
    }

    /** A journal in whose calls somebody else's work begins. */
    private static final class MeddledLog implements ChangeLog {
        final List<Change> changes = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> meddled = new CompletableFuture<>();
        Consumer<Change> before = change -> {};
        Consumer<Change> after = change -> {};
        private final ChangeLog journal = new MemoryJournal();

        void meddle(Runnable work) {
            Thread thread = new Thread(() -> {
                work.run();
                meddled.complete(null);
            });
            thread.start();
            // it either comes to its end, which is wrong, or has to wait for us
            Awaitility.await().until(() -> meddled.isDone() || thread.getState() == Thread.State.BLOCKED);
        }

        @Override
        public long append(Change change) {
            before.accept(change);
            changes.add(change);
            long sequence = journal.append(change);
            after.accept(change);
            return sequence;
        }

        @Override
        public void whenDurable(long sequence, Waiter waiter) {
            journal.whenDurable(sequence, waiter);
        }

        @Override
        public boolean durable() {
            return journal.durable();
        }
    }
}
