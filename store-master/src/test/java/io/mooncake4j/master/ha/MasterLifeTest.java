package io.mooncake4j.master.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.ManualLoop;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.master.placement.PutProbe;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.wire.Epoch;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MasterLifeTest {
    private static final long SECOND = 1_000_000_000L;

    private final ManualLoop loop = new ManualLoop();
    private final EtcdModel etcd = new EtcdModel(loop::nanoTime);
    private SafetyRules rules = SafetyRules.ALL;
    private Process first = new Process("first:1");
    private Process second = new Process("second:2");

    /** A master process, of which only its role is real. */
    private final class Process implements Terms, EtcdModel.Link {
        final MasterLife life;
        boolean cutOff;
        boolean deaf;
        long delayNanos;

        @Nullable
        MasterCore core;

        @Nullable
        Leadership leadership;

        boolean serving;
        String leader = "?";
        int takeovers;

        Process(String address) {
            life = new MasterLife(
                    etcd.client(this),
                    loop,
                    loop,
                    new HaOptions(
                            address,
                            Duration.ofSeconds(5),
                            new byte[32],
                            true,
                            JournalOptions.defaults().with(false, rules)),
                    this,
                    new Random(address.hashCode()));
        }

        boolean leads() {
            return serving && leadership != null && leadership.holds();
        }

        MasterCore core() {
            if (core == null) {
                throw new AssertionError("it never led");
            }
            return core;
        }

        @Override
        public boolean arrives() {
            return !cutOff;
        }

        @Override
        public boolean answers() {
            return !deaf;
        }

        @Override
        public void deliver(Runnable completion) {
            if (delayNanos == 0) {
                completion.run();
            } else {
                loop.schedule(delayNanos, completion);
            }
        }

        @Override
        public MasterCore takeOver(
                Epoch epoch, byte[] clusterSecret, ChangeLog log, DurableState state, long followedSinceNanos) {
            takeovers++;
            Random random = new Random(takeovers);
            return MasterCore.takeOver(
                    new MasterCore.Settings(
                            epoch,
                            clusterSecret,
                            MasterTimes.defaults(),
                            PlacementStrategy.of("random"),
                            () -> random,
                            rules,
                            epoch.revision() << 32,
                            loop.nanoTime()),
                    log,
                    state,
                    followedSinceNanos);
        }

        @Override
        public void serve(MasterCore served, Leadership proof) {
            core = served;
            leadership = proof;
            serving = true;
        }

        @Override
        public void stopServing() {
            serving = false;
        }

        @Override
        public void leaderIs(String address) {
            leader = address;
        }
    }

    private void seconds(double seconds) {
        loop.pass((long) (seconds * SECOND));
    }

    private void startBoth() {
        first.life.start();
        seconds(1);
        second.life.start();
        seconds(1);
    }

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

    /** As when members of etcd elect a leader: the key lives for all of its time again. */
    @Test
    void shouldLetAnotherLeadAtOnceWhenItsTermEndedWhileEtcdWasSilent() {
        startBoth();
        first.deaf = true;
        seconds(4);
        first.cutOff = true; // its last renewal made the key live for another 5 s
        seconds(1);
        assertThat(first.leads()).isFalse();
        first.deaf = false;
        first.cutOff = false;
        seconds(1.5);
        assertThat(second.leads()).isTrue();
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

    @Test
    void shouldStopServingAtOnceWhenTheLeaderKeyIsDeletedByHand() {
        startBoth();
        etcd.write(Keys.LEADER, null);
        seconds(0.6);
        assertThat(first.leads() && second.leads()).isFalse();
        assertThat(second.leads()).isTrue();
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

    private Map<String, byte[]> wipe() {
        Map<String, byte[]> before = etcd.snapshot();
        before.keySet().forEach(key -> etcd.write(key, null));
        before.remove(Keys.LEADER);
        return before;
    }

    @Test
    void shouldRefuseToLeadAndFoundNothingWhenEtcdIsWipedUnderThem() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        puts.put("k", 1000);
        seconds(1);
        Map<String, byte[]> backup = wipe();
        for (int i = 0; i < 40; i++) {
            seconds(0.5);
            assertThat(first.leads() || second.leads()).isFalse();
        }
        assertThat(etcd.keys()).isEmpty();

        backup.forEach(etcd::write);
        seconds(6);
        assertThat(first.leads() || second.leads()).isTrue();
        Process leader = first.leads() ? first : second;
        assertThat(new PutProbe(leader.core(), loop::nanoTime).read("k")).isNotNull();
    }

    @Test
    void shouldStayOutWhenAnotherClusterHasTakenTheWipedPrefix() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        puts.put("k", 1000);
        seconds(1);
        wipe();
        Process third = new Process("third:3");
        third.life.start();
        seconds(1);
        assertThat(third.leads()).isTrue();
        new PutProbe(third.core(), loop::nanoTime).mount(1 << 20);
        seconds(3);
        third.cutOff = true;
        for (int i = 0; i < 60; i++) {
            seconds(0.5);
            assertThat(first.leads() || second.leads())
                    .as("they know another cluster")
                    .isFalse();
        }
        third.cutOff = false;
        seconds(12);
        assertThat(third.leads()).isTrue();
    }

    @Test
    void shouldNotFoundAClusterWhenOnlyItsMetaIsMissing() {
        startBoth();
        seconds(1);
        first.cutOff = true;
        second.cutOff = true;
        seconds(10);
        etcd.write(Keys.LEADER, null);
        etcd.write("meta", null);
        Process third = new Process("third:3");
        third.life.start();
        seconds(20);
        assertThat(third.leads()).isFalse();
        assertThat(etcd.keys()).contains("head").doesNotContain("meta", Keys.LEADER);
    }

    private void without(SafetyRule rule) {
        rules = SafetySwitches.allExcept(rule);
        first = new Process("first:1");
        second = new Process("second:2");
    }

    /** Whether both say at the same time that they lead, after the first was cut off from etcd. */
    private boolean bothLead() {
        startBoth();
        first.delayNanos = 3 * SECOND / 2;
        seconds(4);
        first.cutOff = true;
        for (int i = 0; i < 800; i++) {
            seconds(0.01);
            if (first.leads() && second.leads()) {
                return true;
            }
        }
        assertThat(second.leads()).isTrue();
        return false;
    }

    @Test
    void shouldNeverHaveTwoLeadersWhenAnswersOfEtcdAreSlow() {
        assertThat(bothLead()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = SafetyRule.class,
            names = {"FENCING", "PROOF_DATING"})
    void shouldHaveTwoLeadersWhenTheRuleIsOff(SafetyRule rule) {
        without(rule);
        assertThat(bothLead()).isTrue();
    }

    @Test
    void shouldGrantUnderTheLastTermsReadersWhenHoldOffIsOff() {
        without(SafetyRule.HOLD_OFF);
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        seconds(1);
        first.cutOff = true;
        seconds(6.5);
        PutProbe after = new PutProbe(second.core(), loop::nanoTime);
        second.core().sweep(loop.nanoTime());
        assertThat(after.canPut("fresh", 1000)).isTrue();
    }

    @Test
    void shouldBeInvisibleWhenEtcdIsAwayForTwoSeconds() {
        startBoth();
        first.cutOff = true;
        second.cutOff = true;
        seconds(2);
        assertThat(first.leads()).isTrue();
        first.cutOff = false;
        second.cutOff = false;
        seconds(5);
        assertThat(first.leads()).isTrue();
        assertThat(first.takeovers).isEqualTo(1);
        assertThat(second.takeovers).isZero();
    }
}
