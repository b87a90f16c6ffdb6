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
