package io.mooncake4j.master.service;

import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.journal.JournalOptions;
import java.time.Duration;

/**
 * How a master shares its placement with others, in etcd.
 *
 * @param address HOST:PORT where clients, nodes and other masters are told to find it; port 0: the one it listens on
 * @param leaderLease how long a leader that is silent to etcd stays leader
 * @param sync whether puts are visible and acknowledged only when they are durable
 * @param etcdQuotaBytes what etcd's database may become at most
 * @param secret where access keys come from; empty: the cluster keeps one of its own in etcd
 */
public record ClusterOptions(
        EtcdOptions etcd, String address, Duration leaderLease, boolean sync, long etcdQuotaBytes, byte[] secret) {

    /** With the quota that etcd has by default. */
    public ClusterOptions(EtcdOptions etcd, String address, Duration leaderLease, boolean sync, byte[] secret) {
        this(etcd, address, leaderLease, sync, JournalOptions.DEFAULT_QUOTA_BYTES, secret);
    }
}
