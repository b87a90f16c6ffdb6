package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdHealth;
import io.mooncake4j.master.journal.Loop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes room in an etcd that is full, or whose file is nearly as large as it may become though little of it is in use: where
 * that harms nobody, by itself; else it says the commands. For one loop.
 */
final class Relief {
    private static final Logger LOG = LoggerFactory.getLogger(Relief.class);
    /** Defragmenting so much takes a member about a second: nobody's lease ends meanwhile. */
    private static final long SAFE_BYTES = 128L << 20;
    /** Above this part of the quota a file is too large, and below it there is room. */
    private static final double LARGE = 0.8;

    private final Etcd etcd;
    private final Loop loop;
    private final long quotaBytes;
    private boolean busy;

    Relief(Etcd etcd, Loop loop, long quotaBytes) {
        this.etcd = etcd;
        this.loop = loop;
        this.quotaBytes = quotaBytes;
    }

    /** What an operator should do. */
    List<String> advice(EtcdHealth health) {
        if (health.full() && !helps(health)) {
            return List.of("etcd has raised NOSPACE and takes no writes: puts and removals wait, gets go on. "
                    + (health.usedBytes() > quotaBytes * LARGE
                            ? "Start it with a larger --quota-backend-bytes (and masters with as large an --etcd-quota), then: "
                            : "Make room by: ")
                    + health.commands());
        }
        if (!health.full() && isLarge(health) && !helps(health)) {
            return List.of("etcd's file has " + health.sizeBytes() + " of at most " + quotaBytes + " bytes, of which "
                    + health.usedBytes()
                    + " are in use: give the rest back at a quiet time, one member after the other,"
                    + " by: ETCDCTL_API=3 etcdctl --endpoints " + health.endpoints() + " defrag");
        }
        if (!health.alarms().isEmpty() && !health.full()) {
            return List.of("etcd has raised " + health.alarms() + ": see its log");
        }
        return List.of();
    }

    private boolean isLarge(EtcdHealth health) {
        return health.sizeBytes() > quotaBytes * LARGE && health.usedBytes() < health.sizeBytes() / 2;
    }

    /** Whether it can be helped from here: in an etcd that is ours alone, and soon. */
    private boolean helps(EtcdHealth health) {
        return !health.foreignKeys() && health.usedBytes() <= SAFE_BYTES;
    }

    /** Does what there is to do. */
    void help(EtcdHealth health) {
        if (busy || health.foreignKeys() || !(health.full() || isLarge(health) && helps(health))) {
            return;
        }
        busy = true;
        if (helps(health)) {
            LOG.warn(
                    "etcd's file has {} of at most {} bytes, of which {} are in use: making room",
                    health.sizeBytes(),
                    quotaBytes,
                    health.usedBytes());
        }
        compact(health)
                .whenComplete((done, failure) -> loop.execute(() -> {
                    busy = false;
                    if (failure != null) {
                        LOG.warn(
                                "no room could be made in etcd: {}",
                                EtcdException.of(failure).getMessage());
                    }
                }));
    }

    private CompletableFuture<Void> compact(EtcdHealth health) {
        return etcd.compact(health.revision())
                .exceptionally(failure -> null) // compacted already
                .thenCompose(done -> helps(health)
                        ? etcd.defragment()
                                .thenCompose(leftOut -> {
                                    leftOut.forEach(why -> LOG.warn("left out when room was made in etcd: {}", why));
                                    return etcd.health();
                                })
                                .thenCompose(this::disarm)
                        : CompletableFuture.<Void>completedFuture(null));
    }

    private CompletableFuture<Void> disarm(EtcdHealth health) {
        if (health.sizeBytes() > quotaBytes * LARGE) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.info("etcd's file has {} bytes now", health.sizeBytes());
        return health.full() ? etcd.disarm() : CompletableFuture.completedFuture(null);
    }
}
