package io.mooncake4j.master.etcd;

import java.util.List;

/** All changes of one revision: keys that were put, and keys that are gone. */
public record EtcdChanges(List<EtcdEntry> put, List<String> deleted, long revision) {}
