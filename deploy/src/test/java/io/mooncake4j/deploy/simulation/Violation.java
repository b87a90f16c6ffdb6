package io.mooncake4j.deploy.simulation;

/** A rule of the design that a run broke. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String rule, String what) {
        super(rule + ": " + what);
    }

    Violation(String rule, Throwable cause) {
        super(rule + ": " + cause, cause);
    }
}
