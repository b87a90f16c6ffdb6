package io.mooncake4j.master.service;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.transfer.rpc.BusyPoll;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a master.
 *
 * @param rpcPort 0 for any that is free
 * @param allocationStrategy random, free_ratio_first or local_first
 * @param highWatermark used share of the memory above which eviction starts
 * @param lowWatermark used share down to which it evicts
 * @param busyPoll see {@link io.mooncake4j.transfer.rpc.RpcServerOptions}
 * @param cluster null: alone, with its journal in memory
 */
public record MasterOptions(
        String bindHost,
        int rpcPort,
        String allocationStrategy,
        double highWatermark,
        double lowWatermark,
        Duration busyPoll,
        MasterTimes times,
        @Nullable ClusterOptions cluster) {

    public static MasterOptions defaults() {
        return new MasterOptions(
                "0.0.0.0", 50_051, "random", 0.90, 0.85, BusyPoll.DEFAULT, MasterTimes.defaults(), null);
    }

    public MasterOptions withAddress(String host, int port) {
        return new MasterOptions(host, port, allocationStrategy, highWatermark, lowWatermark, busyPoll, times, cluster);
    }

    public MasterOptions withAllocationStrategy(String name) {
        return new MasterOptions(bindHost, rpcPort, name, highWatermark, lowWatermark, busyPoll, times, cluster);
    }

    public MasterOptions withWatermarks(double high, double low) {
        return new MasterOptions(bindHost, rpcPort, allocationStrategy, high, low, busyPoll, times, cluster);
    }

    public MasterOptions withBusyPoll(Duration value) {
        return new MasterOptions(
                bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, value, times, cluster);
    }

    public MasterOptions withTimes(MasterTimes value) {
        return new MasterOptions(
                bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, busyPoll, value, cluster);
    }

    public MasterOptions withCluster(@Nullable ClusterOptions value) {
        return new MasterOptions(
                bindHost, rpcPort, allocationStrategy, highWatermark, lowWatermark, busyPoll, times, value);
    }
}
