package io.mooncake4j.master.service;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.transfer.rpc.BusyPoll;
import java.time.Duration;

/**
 * Settings of a master.
 *
 * @param rpcPort 0 for any that is free
 * @param allocationStrategy random, free_ratio_first or local_first
 * @param highWatermark used share of the memory above which eviction starts
 * @param lowWatermark used share down to which it evicts
 * @param busyPoll see {@link io.mooncake4j.transfer.rpc.RpcServerOptions}
 */
public record MasterOptions(
        String bindHost,
        int rpcPort,
        String allocationStrategy,
        double highWatermark,
        double lowWatermark,
        Duration busyPoll,
        MasterTimes times) {

    public static MasterOptions defaults() {
        return new MasterOptions("0.0.0.0", 50_051, "random", 0.90, 0.85, BusyPoll.DEFAULT, MasterTimes.defaults());
    }

    public MasterOptions withAddress(String host, int port) {
        return new MasterOptions(host, port, allocationStrategy, highWatermark, lowWatermark, busyPoll, times);
    }

    public MasterOptions withAllocationStrategy(String name) {
        return new MasterOptions(bindHost, rpcPort, name, highWatermark, lowWatermark, busyPoll, times);
    }

    public MasterOptions withWatermarks(double high, double low) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, high, low, busyPoll, times);
    }

    public MasterOptions withBusyPoll(Duration value) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, value, times);
    }

    public MasterOptions withTimes(MasterTimes value) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, busyPoll, value);
    }
}
