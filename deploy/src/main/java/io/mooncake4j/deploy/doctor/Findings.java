package io.mooncake4j.deploy.doctor;

import java.util.ArrayList;
import java.util.List;

/** Findings in the order in which they were made. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();
    private final Level rdmaFailure;

    /** @param rdmaFailure what it means when RDMA can't be used */
    Findings(Level rdmaFailure) {
        this.rdmaFailure = rdmaFailure;
    }

    void ok(String check, String found) {
        add(Level.OK, check, found, "");
    }

    void unknown(String check, String found, String fix) {
        add(Level.UNKNOWN, check, found, fix);
    }

    void warning(String check, String found, String fix) {
        add(Level.WARNING, check, found, fix);
    }

    void problem(String check, String found, String fix) {
        add(Level.PROBLEM, check, found, fix);
    }

    /** RDMA can't be used. */
    void noRdma(String check, String found, String fix) {
        add(rdmaFailure, check, found, rdmaFailure == Level.OK ? "" : fix);
    }

    private void add(Level level, String check, String found, String fix) {
        all.add(new Finding(level, check, found, fix));
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
