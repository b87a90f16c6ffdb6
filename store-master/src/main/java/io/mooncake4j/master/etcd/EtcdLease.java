package io.mooncake4j.master.etcd;

import java.time.Duration;

/** A lease and how long it lives unless it is kept alive. */
public record EtcdLease(long id, Duration timeToLive) {}
