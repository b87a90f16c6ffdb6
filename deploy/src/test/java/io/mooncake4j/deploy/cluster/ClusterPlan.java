package io.mooncake4j.deploy.cluster;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** What a cluster of tests is made of; small by default, so that eviction and reuse never stop. */
public record ClusterPlan(
        int nodes,
        long segmentBytes,
        long regionBytes,
        MasterOptions master,
        SafetyRules masterRules,
        SafetyRules nodeRules,
        AccessHook hook,
        NodeNetwork network) {
    public static final ClusterPlan DEFAULT = new ClusterPlan(
            2,
            8 << 20,
            2 << 20,
            MasterOptions.defaults().withAddress("127.0.0.1", 0),
            SafetyRules.ALL,
            SafetyRules.ALL,
            AccessHook.NONE,
            NodeNetwork.LOOPBACK);

    public ClusterPlan withNodes(int number, long bytesEach, long regionBytesEach) {
        return new ClusterPlan(number, bytesEach, regionBytesEach, master, masterRules, nodeRules, hook, network);
    }

    /** One node with room for one value of this size: whatever is put next takes its place. */
    public ClusterPlan withOneSlot(int bytes) {
        return withNodes(1, bytes, bytes).withMaster(options -> options.withWatermarks(1, 0.5));
    }

    public ClusterPlan withMaster(UnaryOperator<MasterOptions> change) {
        return new ClusterPlan(
                nodes, segmentBytes, regionBytes, change.apply(master), masterRules, nodeRules, hook, network);
    }

    public ClusterPlan withMasterRules(SafetyRules rules) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, master, rules, nodeRules, hook, network);
    }

    public ClusterPlan withNodeRules(SafetyRules rules) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, master, masterRules, rules, hook, network);
    }

    public ClusterPlan withHook(AccessHook value) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, master, masterRules, nodeRules, value, network);
    }

    public ClusterPlan withNetwork(NodeNetwork value) {
        return new ClusterPlan(nodes, segmentBytes, regionBytes, master, masterRules, nodeRules, hook, value);
    }

    public ClusterPlan withLease(Duration lease) {
        return withTimes(times -> times.withReadLease(lease));
    }

    public ClusterPlan withGrant(Duration grant, Duration cutAfterLapse, Duration confirmCut) {
        return withTimes(times -> times.withGrant(grant, cutAfterLapse, confirmCut));
    }

    public ClusterPlan withSilence(Duration suspect, Duration offline, Duration drop) {
        return withTimes(times -> times.withSilence(suspect, offline, drop));
    }

    /** When everything that a healed fault has left behind is over: leases, grants, and cuts of who was silent. */
    public Duration recovery() {
        MasterTimes times = master.times();
        return Duration.ofNanos(times.readLeaseNanos() + times.grantNanos() + times.cutAfterLapseNanos());
    }

    private ClusterPlan withTimes(UnaryOperator<MasterTimes> change) {
        return withMaster(options -> options.withTimes(change.apply(options.times())));
    }
}
