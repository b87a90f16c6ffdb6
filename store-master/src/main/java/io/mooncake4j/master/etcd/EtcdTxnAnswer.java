package io.mooncake4j.master.etcd;

import java.util.List;

/**
 * What became of a transaction.
 *
 * @param succeeded whether the conditions held, and so everything was written
 * @param revision etcd's revision; if it succeeded, that of its writes
 * @param read the keys that were to be read if they did not; one that isn't there is left out
 */
public record EtcdTxnAnswer(boolean succeeded, long revision, List<EtcdEntry> read) {}
