package io.mooncake4j.deploy.cluster;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import java.time.Duration;

/** What a cluster of tests is made of; small by default, so that eviction and reuse never stop. */
public record ClusterPlan(
        int nodes, long segmentBytes, long regionBytes, MasterOptions master, SafetyRules nodeRules, AccessHook hook) {
    public static final ClusterPlan DEFAULT = new ClusterPlan(
            2,
            8 << 20,
            2 << 20,
            MasterOptions.defaults().withAddress("127.0.0.1", 0),
            SafetyRules.ALL,
            AccessHook.NONE);

    public ClusterPlan withNodes(int number, long bytesEach, long regionBytesEach) {
        return new ClusterPlan(number, bytesEach, regionBytesEach, master, nodeRules, hook);
    }

    /** One node with room for one value of this size: whatever is put next takes its place. */
    public ClusterPlan withOneSlot(int bytes) {
        return withNodes(1, bytes, bytes).withMaster(master.withWatermarks(1, 0.5));
    }

    public ClusterPlan withMaster(MasterOptions options) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, options, nodeRules, hook);
    }

    public ClusterPlan withMasterRules(SafetyRules rules) {
        return withMaster(master.withRules(rules));
    }

    public ClusterPlan withNodeRules(SafetyRules rules) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, master, rules, hook);
    }

    public ClusterPlan withHook(AccessHook value) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, master, nodeRules, value);
    }

    public ClusterPlan withLease(Duration lease) {
        MasterTimes t = master.times();
        return withTimes(new MasterTimes(
                lease.toNanos(),
                t.grantNanos(),
                t.cutAfterLapseNanos(),
                t.confirmCutNanos(),
                t.suspectNanos(),
                t.offlineNanos(),
                t.dropNanos()));
    }

    public ClusterPlan withGrant(Duration grant, Duration cutAfterLapse, Duration confirmCut) {
        MasterTimes t = master.times();
        return withTimes(new MasterTimes(
                t.readLeaseNanos(),
                grant.toNanos(),
                cutAfterLapse.toNanos(),
                confirmCut.toNanos(),
                t.suspectNanos(),
                t.offlineNanos(),
                t.dropNanos()));
    }

    public ClusterPlan withSilence(Duration suspect, Duration offline, Duration drop) {
        MasterTimes t = master.times();
        return withTimes(new MasterTimes(
                t.readLeaseNanos(),
                t.grantNanos(),
                t.cutAfterLapseNanos(),
                t.confirmCutNanos(),
                suspect.toNanos(),
                offline.toNanos(),
                drop.toNanos()));
    }

    private ClusterPlan withTimes(MasterTimes times) {
        return withMaster(master.withTimes(times));
    }
}
