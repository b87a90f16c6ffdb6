package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdHealth;
import io.mooncake4j.master.journal.EtcdJournal;
import io.mooncake4j.master.journal.EtcdRoom;
import io.mooncake4j.master.journal.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps etcd fit for the journal while this master leads: its history is forgotten soon, unless others have keys there, and
 * sooner the fuller it is; buckets are written more often then, so that the journal is shorter; then puts are refused,
 * before etcd refuses everything. For one loop.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    /** How much history is left for every object, so that a new standby has the time to read all at one revision: twice that. */
    private static final Duration HISTORY_OF_OBJECT = Duration.ofNanos(5_000);
    /** And so much more, the less the fuller etcd is. */
    private static final Duration HISTORY = Duration.ofSeconds(10);

    private static final Duration TOUCH = Duration.ofSeconds(5);

    // Parts of the quota that are in use.
    private static final double LESS = 0.5;
    private static final double SCARCE = 0.7;
    private static final double REFUSE = 0.85;
    private static final double REFUSE_UNTIL = 0.75;

    private record Mark(long nanos, long revision) {}

    private final Etcd etcd;
    private final Loop loop;
    private final EtcdJournal journal;
    private final LongSupplier objects;
    private final long quotaBytes;
    private final Relief relief;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private List<String> advised = List.of();
    private boolean refusing;
    private boolean ended;

    /** @param objects how many there are now */
    Upkeep(Etcd etcd, Loop loop, EtcdJournal journal, LongSupplier objects, long quotaBytes) {
        this.etcd = etcd;
        this.loop = loop;
        this.journal = journal;
        this.objects = objects;
        this.quotaBytes = quotaBytes;
        this.relief = new Relief(etcd, loop, quotaBytes);
    }

    void begin() {
        loop.execute(this::look);
    }

    void end() {
        ended = true;
    }

    private void look() {
        if (ended) {
            return;
        }
        long asked = loop.nanoTime();
        etcd.health()
                .whenComplete((health, failure) -> loop.execute(() -> {
                    if (ended) {
                        return;
                    }
                    if (failure == null) {
                        marks.add(new Mark(asked, health.revision()));
                        looked(health);
                    } else {
                        LOG.debug("etcd's health is not known: {}", failure.toString());
                    }
                }));
        loop.schedule(EVERY.toNanos(), this::look);
    }

    private void looked(EtcdHealth health) {
        double used = (double) health.usedBytes() / quotaBytes;
        refusing = refusing ? used > REFUSE_UNTIL : used > REFUSE;
        List<String> advice = advice(health);
        tell(advice);
        journal.roomIs(new EtcdRoom(
                health.sizeBytes(), health.usedBytes(), used > SCARCE, refusing ? refusal(health) : null, advice));
        relief.help(health);
        if (refusing && !health.full()) {
            touch();
        }
        if (!health.foreignKeys()) {
            forget(history(used));
        }
    }

    /**
     * Writes something that means nothing: what compaction frees counts as free only at later commits, and while puts are
     * refused there may be none.
     */
    private void touch() {
        etcd.grantLease(TOUCH)
                .thenCompose(lease -> etcd.revokeLease(lease.id()))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("etcd could not be touched: {}", failure.toString());
                    }
                });
    }

    private Duration history(double used) {
        Duration more = used > SCARCE ? Duration.ZERO : used > LESS ? HISTORY.dividedBy(2) : HISTORY;
        return HISTORY_OF_OBJECT.multipliedBy(objects.getAsLong()).plus(more);
    }

    private String refusal(EtcdHealth health) {
        return health.usedBytes() + " bytes of etcd's database are in use, and its quota is " + quotaBytes
                + ": no new objects until there is room";
    }

    private List<String> advice(EtcdHealth health) {
        List<String> advice = new ArrayList<>(relief.advice(health));
        if (health.foreignKeys()) {
            advice.add("others keep keys in this etcd, too, so its history is not compacted from here: run it with"
                    + " --auto-compaction-mode=periodic --auto-compaction-retention=1m, or give mooncake4j its own");
        }
        if (refusing) {
            advice.add("puts are refused, since etcd's database is nearly full of placement: start etcd with a larger"
                    + " --quota-backend-bytes and masters with as large an --etcd-quota, or remove objects");
        }
        return advice;
    }

    private void tell(List<String> advice) {
        advice.stream().filter(text -> !advised.contains(text)).forEach(LOG::warn);
        advised = advice;
    }

    private void forget(Duration history) {
        @Nullable Mark last = null;
        while (!marks.isEmpty() && loop.nanoTime() - marks.peek().nanos() >= history.toNanos()) {
            last = marks.poll();
        }
        if (last != null) {
            etcd.compact(last.revision()).whenComplete((done, failure) -> {
                if (failure != null && EtcdException.of(failure).kind() != EtcdException.Kind.COMPACTED) {
                    LOG.warn("etcd's history could not be compacted: {}", failure.getMessage());
                }
            });
        }
    }
}
