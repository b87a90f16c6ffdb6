package io.mooncake4j.deploy.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Findings in the order in which they were made. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();
    private final Level rdmaFailure;
    private final Optional<String> usedDevice;

    /**
     * @param rdmaFailure what it means when RDMA can't be used
     * @param usedDevice the one that a process would take
     */
    Findings(Level rdmaFailure, Optional<String> usedDevice) {
        this.rdmaFailure = rdmaFailure;
        this.usedDevice = usedDevice;
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

    /** A device can't be used: worth a warning at most if a process would take another one, as in a pod that was given one of two. */
    void noRdma(String device, String check, String found, String fix) {
        if (usedDevice.isEmpty() || usedDevice.get().equals(device) || rdmaFailure != Level.PROBLEM) {
            noRdma(check, found, fix);
        } else {
            warning(check, found, fix);
        }
    }

    private void add(Level level, String check, String found, String fix) {
        all.add(new Finding(level, check, found, fix));
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
