package io.mooncake4j.transfer.safety;

import java.util.EnumSet;
import java.util.Set;

/** Which safety rules are enforced: all of them, but in the tests that prove what each one is for. */
public final class SafetyRules {
    public static final SafetyRules ALL = new SafetyRules(EnumSet.allOf(SafetyRule.class));

    private final Set<SafetyRule> enforced;

    private SafetyRules(Set<SafetyRule> enforced) {
        this.enforced = enforced;
    }

    /** For tests, which reach it through a class of theirs in this package. */
    static SafetyRules allExcept(SafetyRule first, SafetyRule... more) {
        return new SafetyRules(EnumSet.complementOf(EnumSet.of(first, more)));
    }

    public boolean enforce(SafetyRule rule) {
        return enforced.contains(rule);
    }
}
