package io.mooncake4j.master.service;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.transfer.safety.SafetyRules;

/**
 * Settings of a master.
 *
 * @param rpcPort 0 for any that is free
 * @param allocationStrategy random, free_ratio_first or local_first
 * @param highWatermark used share of the memory above which eviction starts
 * @param lowWatermark used share down to which it evicts
 */
public record MasterOptions(
        String bindHost,
        int rpcPort,
        String allocationStrategy,
        double highWatermark,
        double lowWatermark,
        MasterTimes times,
        SafetyRules rules) {

    public static MasterOptions defaults() {
        return new MasterOptions("0.0.0.0", 50_051, "random", 0.90, 0.85, MasterTimes.defaults(), SafetyRules.ALL);
    }

    public MasterOptions withAddress(String host, int port) {
        return new MasterOptions(host, port, allocationStrategy, highWatermark, lowWatermark, times, rules);
    }

    public MasterOptions withAllocationStrategy(String name) {
        return new MasterOptions(bindHost, rpcPort, name, highWatermark, lowWatermark, times, rules);
    }

    public MasterOptions withWatermarks(double high, double low) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, high, low, times, rules);
    }

    public MasterOptions withTimes(MasterTimes value) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, value, rules);
    }

    /** For the tests that show what a rule is for. */
    public MasterOptions withRules(SafetyRules value) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, times, value);
    }
}
