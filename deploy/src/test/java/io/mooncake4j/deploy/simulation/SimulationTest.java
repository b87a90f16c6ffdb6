package io.mooncake4j.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Runs worlds from seeds. {@code -Dsimulation.seconds=N} runs more of them, {@code -Dsimulation.seed=N} only one, again,
 * with everything that happened in {@code target/simulation-N.txt}.
 */
class SimulationTest {
    private static final int SEEDS = 1500;
    /** Within so many, whatever time they take, each rule is missed when it is off; most within ten, the rarest after 400. */
    private static final int SEEDS_WITHOUT_A_RULE = 2000;

    private static final Set<SafetyRule> LEADERS_RULES =
            EnumSet.of(SafetyRule.FENCING, SafetyRule.PROOF_DATING, SafetyRule.HOLD_OFF);

    private static Level level = Level.WARN;

    @BeforeAll
    static void silence() {
        level = log().getLevel();
        log().setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        log().setLevel(level);
    }

    private static Logger log() {
        return (Logger) LoggerFactory.getLogger("io.mooncake4j");
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void shouldKeepEveryRuleWhenEverythingGoesWrong() throws InterruptedException {
        Long seed = Long.getLong("simulation.seed");
        if (seed != null) {
            Seeds one = Seeds.only(SafetyRules.ALL, seed);
            one.run();
            System.out.println(one.report());
            one.failure().ifPresent(failure -> {
                throw failure;
            });
            return;
        }
        Long seconds = Long.getLong("simulation.seconds");
        Seeds seeds = seconds == null
                ? Seeds.of(SafetyRules.ALL, SEEDS)
                : Seeds.within(SafetyRules.ALL, SEEDS, Duration.ofSeconds(seconds));
        seeds.run();
        System.out.println(seeds.report());
        System.out.println(seeds.happened());
        seeds.failure().ifPresent(failure -> {
            throw failure;
        });
        assertThat(seeds.happened())
                .allSatisfy((what, times) -> assertThat(times).isPositive());
    }

    @Test
    void shouldHappenTheSameAgainWhenSeedIsTheSame() {
        for (long seed = 0; seed < 8; seed++) {
            assertThat(Seeds.run(seed, SafetyRules.ALL, true)).isEqualTo(Seeds.run(seed, SafetyRules.ALL, false));
        }
    }

    @ParameterizedTest
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    // FLUSH: simulated nodes copy as TCP does; LinkPathTest and WritersOverDevice show what it is for
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FLUSH")
    void shouldFindViolationWhenSafetyRuleIsOff(SafetyRule rule) throws InterruptedException {
        boolean several = LEADERS_RULES.contains(rule);
        Seeds seeds = Seeds.of(SafetySwitches.allExcept(rule), several, SEEDS_WITHOUT_A_RULE);
        seeds.run();
        System.out.println(rule + " off: " + seeds.report());
        assertThat(seeds.failure()).as("a violation without " + rule).isPresent();
    }
}
