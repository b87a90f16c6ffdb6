package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdHealth;
import io.mooncake4j.master.journal.EtcdJournal;
import io.mooncake4j.master.journal.Loop;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps etcd fit for the journal while this master leads: its history is forgotten soon, unless others have keys there,
 * and alarms are told. For one loop.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    /** How old etcd's history becomes, at least; a standby that reads all needs a few seconds of it. */
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Etcd etcd;
    private final Loop loop;
    private final EtcdJournal journal;
    private long beforeRevision;
    private boolean foreignTold;
    private boolean alarmed;
    private boolean ended;

    Upkeep(Etcd etcd, Loop loop, EtcdJournal journal) {
        this.etcd = etcd;
        this.loop = loop;
        this.journal = journal;
    }

    void begin() {
        loop.schedule(EVERY.toNanos(), this::look);
    }

    void end() {
        ended = true;
    }

    private void look() {
        if (ended) {
            return;
        }
        etcd.health()
                .whenComplete((health, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        looked(health);
                    } else {
                        LOG.debug("etcd's health is not known: {}", failure.toString());
                    }
                }));
        loop.schedule(EVERY.toNanos(), this::look);
    }

    private void looked(EtcdHealth health) {
        if (!health.alarms().isEmpty() && !alarmed) {
            LOG.error(
                    "etcd has raised {}: puts wait until it takes writes again. For NOSPACE: etcdctl compact, etcdctl defrag,"
                            + " etcdctl alarm disarm, or a larger --quota-backend-bytes; its database has {} bytes",
                    health.alarms(),
                    health.sizeBytes());
        }
        alarmed = !health.alarms().isEmpty();
        if (health.foreignKeys()) {
            if (!foreignTold) {
                foreignTold = true;
                LOG.warn(
                        "others keep keys in this etcd, too, so its history is not compacted from here: run it with"
                                + " --auto-compaction-mode=periodic --auto-compaction-retention=1m, or give mooncake4j its own");
            }
            return;
        }
        long revision = beforeRevision;
        beforeRevision = journal.etcdRevision();
        if (revision > 0) {
            etcd.compact(revision).whenComplete((done, failure) -> {
                if (failure != null && EtcdException.of(failure).kind() != EtcdException.Kind.COMPACTED) {
                    LOG.warn("etcd's history could not be compacted: {}", failure.getMessage());
                }
            });
        }
    }
}
