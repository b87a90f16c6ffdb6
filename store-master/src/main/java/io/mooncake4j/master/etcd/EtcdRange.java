package io.mooncake4j.master.etcd;

import java.util.List;

/**
 * Keys in ascending order.
 *
 * @param more whether the limit left some out
 * @param revision etcd's revision when it answered; to read on at the same state, ask at this one
 */
public record EtcdRange(List<EtcdEntry> entries, boolean more, long revision) {}
