package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PutsTest {
    private static final UUID ALICE = new UUID(1, 0xA);
    private static final UUID BOB = new UUID(1, 0xB);
    private static final long MIB = 1 << 20;

    private final CoreFixture fixture = new CoreFixture();

    @AfterEach
    void audit() {
        CoreAudit.check(fixture.core);
    }

    private static Grant granted(GrantResult started) {
        assertThat(started.code()).isEqualTo(ErrorCode.OK);
        return Objects.requireNonNull(started.grant());
    }

    @Test
    void shouldMakeObjectVisibleWhenPutEnds() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 1000));
        assertThat(fixture.get("k")).isNull();
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.OK);
        ObjectView found = Objects.requireNonNull(fixture.get("k"));
        assertThat(found.id()).isEqualTo(grant.id());
        assertThat(found.sizeBytes()).isEqualTo(1000);
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.COMMITTED);
    }

    @Test
    void shouldAnswerTheSameWhenPutStartComesTwice() {
        fixture.mount("n1", 4 * MIB);
        List<String> keys = List.of("a", "b");
        List<GrantResult> first = fixture.startAll(ALICE, 1, keys, 100, CoreFixture.ONE);
        List<GrantResult> again = fixture.startAll(ALICE, 1, keys, 100, CoreFixture.ONE);
        assertThat(again).isEqualTo(first);
        assertThat(fixture.core.puts().openGrants()).isEqualTo(2);
    }

    @Test
    void shouldAnswerTheSameWhenPutEndComesTwice() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 1000));
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.OK);
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.OK);
        fixture.remove("k");
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.OK);
        assertThat(fixture.get("k")).isNull();
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.REMOVED);
    }

    @Test
    void shouldGiveOneGrantWhenBatchHoldsAKeyTwice() {
        fixture.mount("n1", 4 * MIB);
        List<GrantResult> started = fixture.startAll(ALICE, 1, List.of("k", "k"), 100, CoreFixture.ONE);
        assertThat(granted(started.get(0))).isSameAs(granted(started.get(1)));
    }

    @Test
    void shouldRefuseSecondWriterWhilePutIsOpen() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 100));
        assertThat(fixture.start(BOB, "k", 100).code()).isEqualTo(ErrorCode.PUT_IN_PROGRESS);
        assertThat(fixture.end(BOB, "k", grant.id())).isEqualTo(ErrorCode.ILLEGAL_CLIENT);
        assertThat(fixture.revoke(BOB, "k", grant.id(), 0)).isEqualTo(ErrorCode.ILLEGAL_CLIENT);
        fixture.end(ALICE, "k", grant.id());
        assertThat(fixture.start(BOB, "k", 100).code()).isEqualTo(ErrorCode.OBJECT_ALREADY_EXISTS);
    }

    @Test
    void shouldGrantWhatItCanWhenTwoBatchesCross() {
        fixture.mount("n1", 4 * MIB);
        fixture.startAll(ALICE, 1, List.of("a"), 100, CoreFixture.ONE);
        List<GrantResult> bob = fixture.startAll(BOB, 1, List.of("b", "a"), 100, CoreFixture.ONE);
        assertThat(bob).extracting(GrantResult::code).containsExactly(ErrorCode.OK, ErrorCode.PUT_IN_PROGRESS);
    }

    @Test
    void shouldFreeAtOnceWhenWriterRevokesWithEverythingAnswered() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        assertThat(fixture.revoke(ALICE, "k", grant.id(), 0)).isEqualTo(ErrorCode.OK);
        assertThat(fixture.usedBytes()).isZero();
        assertThat(fixture.revoke(ALICE, "k", grant.id(), 0)).isEqualTo(ErrorCode.OK);
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.NEVER);
    }

    @Test
    void shouldKeepMemoryUntilCutIsConfirmedWhenAnAttemptIsUnanswered() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        fixture.revoke(ALICE, "k", grant.id(), 1);
        assertThat(segment.quarantinedBytes()).isEqualTo(MIB);
        fixture.passAlive(Duration.ofMinutes(30));
        assertThat(segment.usedBytes()).isEqualTo(MIB);
        List<SessionLedger.Cut> cuts = fixture.core.segments().cutsFor(segment, fixture.now());
        assertThat(cuts).singleElement().satisfies(cut -> {
            assertThat(cut.client()).isEqualTo(ALICE);
            assertThat(cut.generation()).isEqualTo(grant.targets()[0].generation());
        });
        fixture.core.segments().confirmCut(segment, ALICE, cuts.get(0).generation());
        assertThat(segment.usedBytes()).isZero();
        assertThat(fixture.core.segments().cutsFor(segment, fixture.now())).isEmpty();
        fixture.passAlive(Duration.ofSeconds(1));
        assertThat(granted(fixture.start(ALICE, "k", MIB)).targets()[0].generation())
                .isGreaterThan(cuts.get(0).generation());
    }

    @Test
    void shouldKeepMemoryWhenOlderGenerationIsConfirmed() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        fixture.revoke(ALICE, "k", grant.id(), 1);
        fixture.core.segments().confirmCut(segment, ALICE, grant.targets()[0].generation() - 1);
        fixture.core.segments().confirmCut(segment, BOB, grant.targets()[0].generation());
        assertThat(segment.usedBytes()).isEqualTo(MIB);
    }

    @Test
    void shouldTakeKeyBackWhenGrantLapses() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        fixture.passAlive(Duration.ofSeconds(11));
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.GRANT_LAPSED);
        assertThat(segment.usedBytes()).isEqualTo(MIB);
        assertThat(fixture.core.segments().cutsFor(segment, fixture.now())).isEmpty();
        granted(fixture.start(BOB, "k", MIB));
        assertThat(fixture.revoke(ALICE, "k", grant.id(), 0)).isEqualTo(ErrorCode.OK);
        assertThat(segment.usedBytes()).isEqualTo(MIB);
        fixture.passAlive(Duration.ofSeconds(3));
        assertThat(fixture.core.segments().cutsFor(segment, fixture.now())).isEmpty();
    }

    @Test
    void shouldAskForCutTwoSecondsAfterLapseWhenWriterIsSilent() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        fixture.passAlive(Duration.ofMillis(12_500));
        assertThat(fixture.core.segments().cutsFor(segment, fixture.now())).hasSize(1);
        assertThat(segment.usedBytes()).isEqualTo(MIB);
        fixture.core.segments().confirmCut(segment, ALICE, grant.targets()[0].generation());
        assertThat(segment.usedBytes()).isZero();
    }

    @Test
    void shouldTurnNodeSuspectWhenCutIsNotConfirmed() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        fixture.revoke(ALICE, "k", grant.id(), 1);
        fixture.passAlive(Duration.ofSeconds(9));
        assertThat(segment.state()).isEqualTo(Segment.State.OK);
        fixture.passAlive(Duration.ofSeconds(2));
        assertThat(segment.state()).isEqualTo(Segment.State.SUSPECT);
        assertThat(fixture.start(ALICE, "k2", MIB).code()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
    }

    @Test
    void shouldProlongGrantWhenRenewed() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", MIB));
        for (int i = 0; i < 5; i++) {
            fixture.passAlive(Duration.ofSeconds(8));
            assertThat(fixture.core
                            .puts()
                            .renew(ALICE, fixture.key("k"), grant.id(), fixture.now())
                            .code())
                    .isEqualTo(ErrorCode.OK);
        }
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.OK);
        assertThat(fixture.core
                        .puts()
                        .renew(ALICE, fixture.key("k"), grant.id(), fixture.now())
                        .code())
                .isEqualTo(ErrorCode.INVALID_WRITE);
    }

    @Test
    void shouldRefusePutStartWhenItsRevokeCameFirst() {
        fixture.mount("n1", 4 * MIB);
        fixture.core.puts().revokeRequest(ALICE, 5, fixture.now());
        assertThatThrownBy(() -> fixture.start(ALICE, 5, "k", 100, CoreFixture.ONE))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_REVOKED));
        granted(fixture.start(ALICE, 6, "k", 100, CoreFixture.ONE));
    }

    @Test
    void shouldFreeEverythingWhenRequestIsRevoked() {
        fixture.mount("n1", 4 * MIB);
        fixture.startAll(ALICE, 1, List.of("a", "b", "c"), 1000, CoreFixture.ONE);
        fixture.core.puts().revokeRequest(ALICE, 1, fixture.now());
        assertThat(fixture.usedBytes()).isZero();
        assertThat(fixture.core.puts().openGrants()).isZero();
    }

    @Test
    void shouldUseEachSegmentOnceWhenReplicasAreWanted() {
        fixture.mount("n1", 4 * MIB);
        fixture.mount("n2", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, 1, "k", 100, CoreFixture.terms(3)));
        assertThat(grant.targets()).hasSize(2);
        assertThat(fixture.end(ALICE, "k", grant.id(), 0b11, 0)).isEqualTo(ErrorCode.OK);
        assertThat(Objects.requireNonNull(fixture.get("k")).replicas()).hasSize(2);
    }

    @Test
    void shouldMakeOnlyPlacedReplicasVisible() {
        fixture.mount("n1", 4 * MIB);
        fixture.mount("n2", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, 1, "k", 100, CoreFixture.terms(2)));
        assertThat(fixture.end(ALICE, "k", grant.id(), 0b01, 0b10)).isEqualTo(ErrorCode.OK);
        assertThat(Objects.requireNonNull(fixture.get("k")).replicas())
                .extracting(Replica::segment)
                .containsExactly(grant.targets()[0].replica().segment());
        assertThat(grant.targets()[1].replica().segment().quarantinedBytes()).isPositive();
    }

    @Test
    void shouldRefuseReplicasThatWereNotGrantedOrAreBothPlacedAndUnanswered() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 100));
        assertThat(fixture.end(ALICE, "k", grant.id(), 0b10, 0)).isEqualTo(ErrorCode.INVALID_REPLICA);
        assertThat(fixture.end(ALICE, "k", grant.id(), 1, 1)).isEqualTo(ErrorCode.INVALID_REPLICA);
        assertThat(fixture.end(ALICE, "k", grant.id() + 1)).isEqualTo(ErrorCode.INVALID_WRITE);
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.OK);
    }

    @Test
    void shouldFailWhenEveryReplicaWasOnADroppedSegment() {
        Segment segment = fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 100));
        fixture.core.segments().leave(segment.id(), 1, new Commit(), fixture.now());
        assertThat(fixture.end(ALICE, "k", grant.id())).isEqualTo(ErrorCode.WRITE_FAIL);
        assertThat(fixture.get("k")).isNull();
    }

    @Test
    void shouldReplaceObjectWhenItsNodesAreAway() {
        Segment away = fixture.mount("n1", 4 * MIB);
        assertThat(fixture.put(ALICE, "k", 100)).isEqualTo(ErrorCode.OK);
        away.suspend(1);
        assertThat(fixture.get("k")).isNull();
        assertThat(fixture.core.reads().sizeOf(fixture.key("k"))).isEqualTo(-1);
        Segment here = fixture.mount("n2", 4 * MIB);
        Grant grant = granted(fixture.start(BOB, "k", 200));
        assertThat(fixture.end(BOB, "k", grant.id())).isEqualTo(ErrorCode.OK);
        assertThat(Objects.requireNonNull(fixture.get("k")).replicas().get(0).segment())
                .isSameAs(here);
        assertThat(away.usedBytes()).isZero();
    }

    @Test
    void shouldKeepOldBytesWhenTheyAreReadableAgainAtPutEnd() {
        Segment away = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", 100);
        away.suspend(1);
        fixture.mount("n2", 4 * MIB);
        Grant grant = granted(fixture.start(BOB, "k", 200));
        fixture.mount(away.id(), "n1", 4 * MIB, 2, new UUID(1, 1));
        assertThat(fixture.end(BOB, "k", grant.id())).isEqualTo(ErrorCode.OBJECT_ALREADY_EXISTS);
        assertThat(Objects.requireNonNull(fixture.get("k")).sizeBytes()).isEqualTo(100);
    }

    @Test
    void shouldNotCallAPutStoredThatGaveWayWhenItsAnswerWasLost() {
        Segment away = fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", 100);
        away.suspend(1);
        fixture.mount("n2", 4 * MIB);
        Grant grant = granted(fixture.start(BOB, "k", 200));
        fixture.mount(away.id(), "n1", 4 * MIB, 2, new UUID(1, 1));
        fixture.end(BOB, "k", grant.id());
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.NEVER);
        assertThat(fixture.end(BOB, "k", grant.id())).isEqualTo(ErrorCode.INVALID_WRITE);
        assertThat(fixture.start(BOB, "k", 200).code()).isEqualTo(ErrorCode.OBJECT_ALREADY_EXISTS);
    }

    @Test
    void shouldSpreadOverExtentsWhenObjectIsLargerThanARegion() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 5 * MIB / 2));
        assertThat(grant.targets()[0].replica().extents().length).isGreaterThan(1);
        fixture.end(ALICE, "k", grant.id());
    }

    @Test
    void shouldAnswerFullAndWantRoomWhenMemoryIsTaken() {
        fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "a", 3 * MIB);
        assertThat(fixture.start(ALICE, "k", 2 * MIB).code()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        assertThat(fixture.core.takeRoomWantedBytes()).isEqualTo(2 * MIB);
    }

    @Test
    void shouldRefuseAndEvictNothingWhenNoSegmentIsLargeEnough() {
        Segment small = fixture.mount("n1", 4 * MIB);
        assertThat(fixture.start(ALICE, "k", 5 * MIB).code()).isEqualTo(ErrorCode.INVALID_PARAMS);
        assertThat(fixture.core.takeRoomWantedBytes()).isZero();
        fixture.mount("n2", 8 * MIB).suspend(1);
        assertThat(fixture.start(ALICE, "k", 5 * MIB).code()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        assertThat(fixture.core.takeRoomWantedBytes()).isZero();
        assertThat(small.usedBytes()).isZero();
    }

    @Test
    void shouldNotTakeNoIdForAnyIdWhenCallIsConditional() {
        fixture.mount("n1", 4 * MIB);
        fixture.put(ALICE, "k", 100);
        assertThat(fixture.core.removals().remove(fixture.key("k"), 0, new Commit(), fixture.now()))
                .isEqualTo(ErrorCode.OBJECT_CHANGED);
        assertThatThrownBy(() -> fixture.core
                        .reads()
                        .renew(fixture.key("k"), 0, new ObjectView(), fixture.core.readLeaseNanos(), fixture.now()))
                .isInstanceOf(StoreException.class);
        assertThat(fixture.get("k")).isNotNull();
    }

    @Test
    void shouldForgetCommittedGrantsOnlyAfterTwoMinutes() {
        fixture.mount("n1", 4 * MIB);
        Grant grant = granted(fixture.start(ALICE, "k", 100));
        fixture.end(ALICE, "k", grant.id());
        fixture.remove("k");
        fixture.passAlive(Duration.ofSeconds(119));
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.REMOVED);
        fixture.passAlive(Duration.ofSeconds(300));
        assertThat(fixture.core.puts().fate(fixture.key("k"), grant.id(), fixture.now()))
                .isEqualTo(Puts.Fate.NEVER);
    }

    @Test
    void shouldGrantNoMoreExtentsThanARecordOfTheJournalTakes() {
        CoreFixture many = new CoreFixture();
        many.mount("n1", 20_000L << 10, 1 << 10);
        many.mount("n2", 20_000L << 10, 1 << 10);

        assertThat(many.start(ALICE, "too many", 16_385L << 10).code()).isEqualTo(ErrorCode.NO_AVAILABLE_HANDLE);
        assertThat(many.usedBytes()).isZero();

        Grant all = many.start(ALICE, "all", 16_384L << 10).grant();
        assertThat(all.targets()[0].replica().extentCount()).isEqualTo(16_384);
        assertThat(many.revoke(ALICE, "all", all.id(), 0)).isEqualTo(ErrorCode.OK);

        Grant half = many.start(ALICE, many.nextSequence(), "half", 10_000L << 10, CoreFixture.terms(2))
                .grant();
        assertThat(half.targets()).as("replicas that fit together").hasSize(1);
    }
}
