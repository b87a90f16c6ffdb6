package io.mooncake4j.master.etcd;

/**
 * A key as it was at some revision.
 *
 * @param leaseId 0: attached to none
 */
public record EtcdEntry(String key, byte[] value, long createRevision, long modRevision, long leaseId) {}
