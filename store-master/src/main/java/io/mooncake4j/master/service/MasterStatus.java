package io.mooncake4j.master.service;

import io.mooncake4j.master.etcd.EtcdMeters;
import io.mooncake4j.master.ha.MasterLife;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.wire.HostPort;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What can be seen of a master, for metrics and administration. Asks nobody and waits for nobody. Safe for all threads. */
public final class MasterStatus {
    /** What a master among several has besides. */
    record Cluster(String address, MasterLife life, LeaderGate gate, EtcdMeters etcd, LatencyHistogram commitTimes) {}

    private final Supplier<@Nullable ServedTerm> term;
    private final CallMeters calls;
    private final TermCounters counters;
    private final @Nullable Cluster cluster;

    MasterStatus(
            Supplier<@Nullable ServedTerm> term, CallMeters calls, TermCounters counters, @Nullable Cluster cluster) {
        this.term = term;
        this.calls = calls;
        this.counters = counters;
        this.cluster = cluster;
    }

    static MasterStatus ofOne(ServedTerm term, CallMeters calls, TermCounters counters) {
        return new MasterStatus(() -> term, calls, counters, null);
    }

    /** The state, if this master leads for certain (S4); null if it doesn't. */
    public @Nullable MasterCore leading() {
        ServedTerm now = term.get();
        return now != null && now.holds() ? now.core() : null;
    }

    /** Read leases of this term that run, about: a renewed one counts again; 0 where it doesn't lead. */
    public long readLeases() {
        ServedTerm now = term.get();
        return now != null && now.holds() ? now.readLeases() : 0;
    }

    /** Whether it leads still, and in the same term: what was read from the state may be told. */
    public boolean stillLeads(MasterCore core) {
        return leading() == core;
    }

    /** Whether it leads, or has read the whole placement and could take over. */
    public boolean isReady() {
        return cluster == null || leading() != null || cluster.life().loaded().isDone();
    }

    /** Who leads, HOST:PORT for its RPC; null if nobody does, it isn't known, or this master is alone. */
    public @Nullable HostPort leader() {
        return cluster == null ? null : cluster.gate().leader();
    }

    /** The standbys that told this leader of themselves a moment ago. */
    public List<Standbys.Standby> standbys() {
        return cluster == null ? List.of() : cluster.gate().standbys().recent(System.nanoTime());
    }

    /** From now on other masters are told where this one is administered over HTTP. */
    public void adminIs(int port) {
        if (cluster != null) {
            cluster.gate().adminIs(port);
        }
    }

    /** As others are told to find it; empty if it is alone. */
    public String address() {
        return cluster == null ? "" : cluster.address();
    }

    /** Whether its placement is in etcd. */
    public boolean hasEtcd() {
        return cluster != null;
    }

    public CallMeters calls() {
        return calls;
    }

    public TermCounters counters() {
        return counters;
    }

    /** Calls to etcd; none without one. */
    public EtcdMeters etcd() {
        return cluster == null ? new EtcdMeters() : cluster.etcd();
    }

    /** How long changes take to be durable; nothing without etcd. */
    public LatencyHistogram commitTimes() {
        return cluster == null ? new LatencyHistogram() : cluster.commitTimes();
    }

    /** The last record that it applied while it was a standby. */
    public long followedRecord() {
        return cluster == null ? 0 : cluster.life().followedRecord();
    }

    /** For how long, as a standby, it has not known whether there is more to apply than it has; 0 where it leads. */
    public long standbyLagNanos() {
        return cluster == null ? 0 : cluster.life().standbyLagNanos();
    }
}
