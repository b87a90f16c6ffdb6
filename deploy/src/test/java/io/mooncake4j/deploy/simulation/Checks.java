package io.mooncake4j.deploy.simulation;

import org.jspecify.annotations.Nullable;

/**
 * The rules of the design, held against what is {@linkplain Truth true} at each event that touches bytes, or the right to
 * touch them. They know every process's mind and clock, which nobody in the world does.
 */
final class Checks {
    final MasterChecks master;
    final NodeChecks nodes;
    final CallChecks calls;
    final ClusterChecks cluster;
    private final Trace trace;
    private @Nullable Violation first;

    Checks(World world, Truth truth) {
        this.trace = world.trace();
        this.master = new MasterChecks(world, truth, this);
        this.nodes = new NodeChecks(world, truth, this);
        this.calls = new CallChecks(world, truth, this);
        this.cluster = new ClusterChecks(world, this);
    }

    /** To be thrown; also kept, should somebody catch it. */
    Violation violated(String rule, String what) {
        Violation violation = new Violation(rule, what);
        if (first == null) {
            first = violation;
            if (trace.on()) {
                trace.add("VIOLATION %s", violation.getMessage());
            }
        }
        return violation;
    }

    /** Throws what somebody caught. */
    void rethrow() {
        if (first != null) {
            throw first;
        }
    }
}
