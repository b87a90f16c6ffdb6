package io.mooncake4j.master.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.placement.PutProbe;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasterLifeTest extends TwoMasters {
    @Test
    void shouldLetOneLeadAndTheOtherKnowWhoWhenBothRun() {
        startBoth();
        assertThat(first.leads()).isTrue();
        assertThat(second.leads()).isFalse();
        assertThat(second.leader).isEqualTo("first:1");
        assertThat(first.leader).isEqualTo("first:1");
    }

    @Test
    void shouldBeLoadedOnlyWhenItHasReadThePlacement() {
        first.life.start();
        seconds(1);
        assertThat(first.life.loaded()).isCompleted();

        second.cutOff = true;
        second.life.start();
        seconds(5);
        assertThat(second.life.loaded()).as("it can't take over").isNotDone();

        second.cutOff = false;
        seconds(10); // what was sent before has to time out
        assertThat(second.life.loaded()).isCompleted();
        assertThat(second.leads()).isFalse();
    }

    @Test
    void shouldWarnOnceOfTheAddressThatOnlyItsOwnMachineReachesWhenTheLeaderHasAnother() {
        first = new Process("127.0.0.1:1");
        second = new Process("10.0.0.2:2");
        try (LoggedLines lines = new LoggedLines(MasterLife.class)) {
            startBoth();
            seconds(5);
            assertThat(lines.with("--advertise"))
                    .singleElement()
                    .asString()
                    .contains("only its own machine reaches 127.0.0.1:1; set --advertise HOST:PORT there");
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:1, localhost:2", "10.0.0.1:1, 10.0.0.2:2"})
    void shouldNotWarnOfAddressesWhenAllMastersAreReachedAlike(String one, String other) {
        first = new Process(one);
        second = new Process(other);
        try (LoggedLines lines = new LoggedLines(MasterLife.class)) {
            startBoth();
            seconds(5);
            assertThat(lines.with("--advertise")).isEmpty();
        }
    }

    @Test
    void shouldAskEtcdRarelyWhenNothingChangesAndLeadAtOnceWhenTheKeyIsGone() {
        startBoth();
        int before = second.requests;
        seconds(10);
        assertThat(second.requests - before)
                .as("a watch and two reads a second")
                .isLessThanOrEqualTo(30);
        etcd.write(Keys.LEADER, null);
        seconds(0.1);
        assertThat(second.leads()).isTrue();
    }

    @Test
    void shouldReadSeveralBatchesAtOnceWhenTheJournalGrowsAllTheTime() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        int before = second.requests;
        for (int i = 0; i < 200; i++) {
            puts.put("k" + i, 1000);
            seconds(0.01);
        }
        assertThat(second.requests - before)
                .as("20 looks of a watch and four reads each")
                .isLessThanOrEqualTo(110);
    }

    @Test
    void shouldLookWithinASecondWhenEtcdTellsOfNothing() {
        startBoth();
        seconds(0.5);
        etcd.forgetWatches();
        etcd.write(Keys.LEADER, null);
        seconds(1.01);
        assertThat(second.leads()).isTrue();
    }

    @Test
    void shouldTakeOverWithEveryObjectWhenTheLeaderIsCutOff() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        for (int i = 0; i < 100; i++) {
            puts.put("k" + i, 1000);
        }
        seconds(1);
        first.cutOff = true;
        seconds(4.6);
        assertThat(first.leads()).as("it has no proof any more").isFalse();
        assertThat(second.leads()).as("the lease may still live").isFalse();
        seconds(1.5);
        assertThat(second.leads()).isTrue();
        assertThat(second.core().epoch().revision())
                .isGreaterThan(first.core().epoch().revision());
        PutProbe after = new PutProbe(second.core(), loop::nanoTime);
        for (int i = 0; i < 100; i++) {
            assertThat(after.read("k" + i)).isEqualTo(puts.read("k" + i));
        }
        assertThat(after.canPut("fresh", 1000))
                .as("before readers of the last term are done")
                .isFalse();
        first.cutOff = false;
        seconds(6);
        assertThat(first.leads()).isFalse();
        assertThat(first.leader).isEqualTo("second:2");
    }

    @Test
    void shouldGrantOnlyAfterTheNodeFollowsWhenTheTermIsNew() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        puts.put("k", 1000);
        seconds(1);
        first.cutOff = true;
        seconds(7);
        PutProbe after = new PutProbe(second.core(), loop::nanoTime);
        for (int i = 0; i < 8; i++) {
            after.ping(false);
            seconds(1);
            second.core().sweep(loop.nanoTime());
        }
        assertThat(after.canPut("fresh", 1000))
                .as("its node may still copy for writers of the last term")
                .isFalse();
        after.ping(true);
        second.core().sweep(loop.nanoTime());
        assertThat(after.canPut("fresh", 1000)).isTrue();
    }

    @Test
    void shouldHandOverWithinASecondOfHoldOffWhenTheLeaderIsStopped() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        puts.put("k", 1000);
        seconds(1);
        first.life.stop();
        seconds(4);
        assertThat(first.leads()).as("longer leases are still out").isTrue();
        seconds(1.5);
        assertThat(second.leads()).isTrue();
        PutProbe after = new PutProbe(second.core(), loop::nanoTime);
        after.ping(true);
        seconds(1.2);
        second.core().sweep(loop.nanoTime());
        assertThat(after.read("k")).isNotNull();
        assertThat(after.canPut("fresh", 1000)).isTrue();
    }

    /** Lets both start and the first one go; then time pass until the second one has the key, and doesn't serve yet. */
    private void letTheSecondWin() {
        startBoth();
        second.delayNanos = SECOND / 100;
        first.cutOff = true;
        long term = etcd.createRevision(Keys.LEADER);
        for (int i = 0; i < 10_000 && etcd.createRevision(Keys.LEADER) <= term; i++) {
            seconds(0.001);
            etcd.expireLeases();
        }
        assertThat(etcd.createRevision(Keys.LEADER)).isGreaterThan(term);
        assertThat(second.serving).isFalse();
    }

    @Test
    void shouldLeadSoonWhenEtcdWasAwayForAMomentDuringItsTakeover() {
        letTheSecondWin();
        second.cutOff = true;
        seconds(0.5);
        second.cutOff = false;
        seconds(2);
        assertThat(second.leads()).isTrue();
    }

    @Test
    void shouldGiveUpWhatItWonWhenItIsStoppedBeforeItServes() {
        letTheSecondWin();
        CompletableFuture<?> stopped = second.life.stop();
        seconds(0.5);
        assertThat(stopped).isCompleted();
        assertThat(etcd.value(Keys.LEADER)).isNull();
        assertThat(second.takeovers).isZero();
    }

    @Test
    void shouldBeElectedWhenEtcdWasFullAndNobodyLed() {
        startBoth();
        etcd.setHealth(2L << 30, 50 << 20, false);
        etcd.setFull(true);
        first.cutOff = true;
        seconds(8);
        assertThat(second.leads()).isTrue();
        assertThat(second.takeovers).isEqualTo(1);
    }
}
