package io.mooncake4j.master.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.placement.PutProbe;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetySwitches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One leader at a time, whatever is lost, late or silent. */
class LeadershipTest extends TwoMasters {
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
    void shouldStopServingAtOnceWhenTheLeaderKeyIsDeletedByHand() {
        startBoth();
        etcd.write(Keys.LEADER, null);
        seconds(0.6);
        assertThat(first.leads() && second.leads()).isFalse();
        assertThat(second.leads()).isTrue();
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
