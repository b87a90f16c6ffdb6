package io.mooncake4j.deploy.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdCluster;
import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.etcd.JetcdEtcd;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads from each member of etcd again and again, as a leader must that proves that it leads, and so knows for how long
 * etcd served nobody. A fault of two seconds may be one of four, since members look for a new leader after it.
 */
final class EtcdSilence implements AutoCloseable {
    private static final long EVERY_MILLIS = 100;

    private final List<Etcd> members;
    private final ScheduledExecutorService asker = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> asking;
    private long answeredNanos = System.nanoTime();
    private long longestNanos;

    private EtcdSilence(List<Etcd> members) {
        this.members = members;
        asking = asker.scheduleAtFixedRate(this::ask, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    static EtcdSilence of(EtcdCluster cluster) {
        return new EtcdSilence(cluster.members().stream()
                .map(member -> (Etcd) JetcdEtcd.open(EtcdOptions.builder()
                        .endpoints(List.of(member.endpoint()))
                        .requestTimeout(Duration.ofSeconds(1))
                        .build()))
                .toList());
    }

    private void ask() {
        for (Etcd member : members) {
            member.range(EtcdRangeQuery.key("whatever")).thenRun(this::answered);
        }
    }

    private synchronized void answered() {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - answeredNanos);
        answeredNanos = now;
    }

    /** The longest since this was called last. */
    synchronized Duration longest() {
        if (asking.isDone()) {
            throw new IllegalStateException("nobody asks any more");
        }
        Duration longest = Duration.ofNanos(Math.max(longestNanos, System.nanoTime() - answeredNanos));
        longestNanos = 0;
        return longest;
    }

    @Override
    public void close() {
        asker.shutdownNow();
        members.forEach(Etcd::close);
    }
}
