package io.mooncake4j.master.ha;

import io.mooncake4j.master.journal.JournalOptions;
import java.time.Duration;

/**
 * How a master takes part in a cluster of several.
 *
 * @param address HOST:PORT where clients, nodes and other masters are told to find it
 * @param clusterSecret where access keys come from; without one the cluster keeps its own in etcd
 */
public record HaOptions(
        String address, Duration leaderLease, byte[] clusterSecret, boolean secretConfigured, JournalOptions journal) {
    private static final String ANY_PORT = ":0";

    /**
     * How long a request to etcd may take at most: when a renewal of the leader's lease gets no answer, it must be over so soon
     * that another, which asks another member, can still be in time.
     */
    public static Duration longestRequest(Duration leaderLease) {
        return leaderLease
                .minus(LeaderProof.RENEW_EVERY)
                .minusNanos(LeaderProof.MARGIN_NANOS)
                .dividedBy(2);
    }

    /** If no port is told, the one it listens on. */
    public HaOptions listeningAt(int port) {
        return address.endsWith(ANY_PORT)
                ? new HaOptions(
                        address.substring(0, address.length() - 1) + port,
                        leaderLease,
                        clusterSecret,
                        secretConfigured,
                        journal)
                : this;
    }
}
