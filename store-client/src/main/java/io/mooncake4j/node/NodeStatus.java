package io.mooncake4j.node;

import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.metrics.RdmaMeters;

/** What can be seen of a node, for metrics and probes. Asks nobody and waits for nobody. Safe for all threads. */
public final class NodeStatus {
    private final NodeLife life;
    private final long capacityBytes;

    NodeStatus(NodeLife life, long capacityBytes) {
        this.life = life;
        this.capacityBytes = capacityBytes;
    }

    /** Whether the leader has taken its segment, by what this node heard last. */
    public boolean isReady() {
        return life.isMounted();
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /** Of the leader that took its segment last; 0: none has. */
    public long epoch() {
        return life.protocol().epochRevision();
    }

    /** Connections of clients that are open and move bytes by TCP. */
    public int tcpSessions() {
        return Math.max(0, life.connections() - life.rdmaSessions()); // each of those has a connection
    }

    /** Sessions of clients that move bytes by RDMA. */
    public int rdmaSessions() {
        return life.rdmaSessions();
    }

    /** What it has of RDMA. */
    public RdmaMeters rdma() {
        return life.meters().rdma();
    }

    /** Connections that were closed by order of a leader, or since another one leads. */
    public long sessionsCut() {
        return life.protocol().sessionsCut();
    }

    /** What clients do with its memory. */
    public DataMeters data() {
        return life.meters().data();
    }

    /** How long the leader takes to answer. */
    public LatencyHistogram pings() {
        return life.meters().pings();
    }

    public long pingFailures() {
        return life.meters().pingFailures().sum();
    }

    /** Replicas that the master had it read again. */
    public ReplicaChecks checks() {
        return life.protocol().checks();
    }
}
