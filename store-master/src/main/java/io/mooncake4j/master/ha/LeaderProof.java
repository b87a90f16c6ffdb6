package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdLease;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.Loop;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ClockDrift;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Keeps the leader's lease alive, and knows how long that proves anything (S4): a renewal followed by a linearizable read
 * that finds the own leader key, dated before the first was sent. Renews on a loop of its own, so that nothing that keeps
 * the master busy ends its leadership.
 */
final class LeaderProof implements Leadership {
    static final Duration RENEW_EVERY = Duration.ofMillis(500);
    /**
     * When renewals go unanswered: the first moment in which etcd serves again may be the last in which it helps. No longer
     * than the lease lasts.
     */
    private static final Duration RENEW_OVERDUE_EVERY = Duration.ofMillis(100);

    /** What etcd's own clock may be ahead in ending the lease. */
    static final long MARGIN_NANOS = Duration.ofMillis(500).toNanos();

    private final Etcd etcd;
    private final Loop loop;
    private final EtcdLease lease;
    private final long revision;
    private final SafetyRules rules;
    private final Consumer<String> onLost;

    private volatile long provenNanos;
    private volatile long validUntilNanos;
    private volatile boolean proven;
    private volatile boolean ended;

    /**
     * @param revision the leader key's create-revision
     * @param onLost told once, on the loop, why this is no leader any more
     */
    LeaderProof(Etcd etcd, Loop loop, EtcdLease lease, long revision, SafetyRules rules, Consumer<String> onLost) {
        this.etcd = etcd;
        this.loop = loop;
        this.lease = lease;
        this.revision = revision;
        this.rules = rules;
        this.onLost = onLost;
        this.provenNanos = loop.nanoTime();
        this.validUntilNanos = provenNanos;
    }

    /** @param wonNanos before the leader key was written */
    void begin(long wonNanos) {
        validUntilNanos = wonNanos + lease.timeToLive().toNanos(); // so long it need not be renewed yet
        renew();
    }

    private void renew() {
        if (ended) {
            return;
        }
        if (rules.enforce(SafetyRule.FENCING) && loop.nanoTime() - validUntilNanos >= 0) {
            end("etcd did not confirm it in time");
            return;
        }
        long sent = loop.nanoTime();
        etcd.keepAliveOnce(lease.id())
                .thenCompose(left -> etcd.range(EtcdRangeQuery.key(Keys.LEADER)).thenAccept(found -> {
                    long from = rules.enforce(SafetyRule.PROOF_DATING) ? sent : loop.nanoTime();
                    loop.execute(() -> proved(from, left, found));
                }))
                .whenComplete((done, failure) -> {
                    if (failure != null && EtcdException.of(failure).kind() == EtcdException.Kind.LEASE_NOT_FOUND) {
                        loop.execute(() -> end("its lease in etcd has ended"));
                    }
                });
        boolean overdue = sent - provenNanos > 2 * RENEW_EVERY.toNanos();
        loop.schedule((overdue ? RENEW_OVERDUE_EVERY : RENEW_EVERY).toNanos(), this::renew);
    }

    private void proved(long fromNanos, Duration left, EtcdRange found) {
        if (found.entries().isEmpty() || found.entries().get(0).createRevision() != revision) {
            end(found.entries().isEmpty() ? "the leader key is gone from etcd" : "another master leads");
        } else if (!ended && (!proven || fromNanos - provenNanos > 0)) {
            proven = true;
            provenNanos = fromNanos;
            validUntilNanos = fromNanos + ClockDrift.heldNanos(left.toNanos() - MARGIN_NANOS);
        }
    }

    /** From now on it leads no more, whatever etcd says. Any thread. */
    void end() {
        ended = true;
    }

    private void end(String why) {
        if (!ended) {
            end();
            onLost.accept(why);
        }
    }

    @Override
    public boolean holds() {
        if (!rules.enforce(SafetyRule.FENCING)) {
            return true;
        }
        return proven && !ended && loop.nanoTime() - validUntilNanos < 0;
    }

    @Override
    public long provenNanos(long nowNanos) {
        return rules.enforce(SafetyRule.PROOF_DATING) ? provenNanos : nowNanos;
    }
}
