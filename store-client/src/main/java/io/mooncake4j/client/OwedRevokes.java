package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the master in the background which grants are given up, again and again until it answers: a grant that lapses
 * without its writer's word costs the writer its sessions at the nodes (S2). Safe for all threads; never blocks.
 */
final class OwedRevokes {
    static final int MOST_WAITING = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(OwedRevokes.class);
    /** A grant's term and the time from its lapse to the cut, with some to spare. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Master master;
    private final RunningCalls running;
    private final BlockingQueue<Debt> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    /** @param running where it counts first tries, so that a close waits for those, and only those */
    OwedRevokes(Master master, RunningCalls running) {
        this.master = master;
        this.running = running;
    }

    void revoke(PutRevokeRequest request) {
        owe(new Debt(null, request));
    }

    /**
     * For grants whose PutEnd may have been, or may yet be, carried out: revokes nothing before the master says that none
     * is open any more. That is final, and a revoke then only settles those that lapsed.
     */
    void revokeIfNever(GrantOutcomeRequest question, PutRevokeRequest request) {
        owe(new Debt(question, request));
    }

    /** Tries again what is due. */
    void sweep() {
        List<Debt> all = new ArrayList<>(waiting.size());
        waiting.drainTo(all);
        for (Debt debt : all) {
            if (debt.dueNanos - System.nanoTime() > 0) {
                keep(debt);
            } else {
                CompletableFuture<?> unused = attempt(debt);
            }
        }
    }

    int waiting() {
        return waiting.size();
    }

    private void owe(Debt debt) {
        running.hold();
        CompletableFuture<?> unused = attempt(debt).whenComplete((answer, failure) -> running.end());
    }

    private CompletableFuture<?> attempt(Debt debt) {
        Deadline deadline = debt.deadline.orAfterNanos(TRY_NANOS);
        GrantOutcomeRequest question = debt.question;
        if (question == null) {
            return master.callAsync(Method.PUT_REVOKE, debt.revoke, StatusResponse.parser(), deadline)
                    .whenComplete((answer, failure) -> {
                        if (failure != null) {
                            failed(debt, failure);
                        }
                    });
        }
        return master.callAsync(Method.GRANT_OUTCOME, question, GrantOutcomeResponse.parser(), deadline)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        failed(debt, failure);
                    } else {
                        learnt(debt, answer.getOutcomesList(), question.getGrantIdsCount());
                    }
                });
    }

    private void learnt(Debt debt, List<Outcome> outcomes, int asked) {
        BatchKeys.checkColumn(outcomes.size(), asked, "outcomes");
        switch (ofAll(outcomes)) {
            case OUTCOME_OPEN -> later(debt);
            case OUTCOME_NEVER -> {
                debt.question = null;
                CompletableFuture<?> unused = attempt(debt);
            }
            default -> {} // a revoke would have no effect
        }
    }

    /** Open if one may be; else never if one was never committed; else committed. */
    static Outcome ofAll(List<Outcome> outcomes) {
        Outcome all = Outcome.OUTCOME_COMMITTED;
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case OUTCOME_COMMITTED, OUTCOME_REMOVED, OUTCOME_FORGOTTEN -> {} // a revoke has no effect on it
                case OUTCOME_NEVER -> all = Outcome.OUTCOME_NEVER;
                case OUTCOME_OPEN, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> {
                    return Outcome.OUTCOME_OPEN;
                }
            }
        }
        return all;
    }

    private void failed(Debt debt, Throwable failure) {
        if (failure instanceof StoreException e && Master.mayPass(e)) {
            later(debt);
        } else {
            LOG.debug("grants are left to lapse: {}", failure.toString());
        }
    }

    private void later(Debt debt) {
        if (debt.deadline.expired()) {
            LOG.debug("grants are left to lapse: the master did not answer in time");
        } else {
            debt.dueNanos = System.nanoTime() + debt.backoff.nextNanos();
            keep(debt);
        }
    }

    private void keep(Debt debt) {
        if (!waiting.offer(debt)) {
            LOG.debug("grants are left to lapse: {} revokes wait already", MOST_WAITING);
        }
    }

    /** What one call gave up. For one thread at a time: handed on through the queue and the answers. */
    private static final class Debt {
        private final PutRevokeRequest revoke;
        private final Deadline deadline = Deadline.afterNanos(PATIENCE_NANOS);
        private final Backoff backoff = new Backoff(LONGEST_PAUSE_NANOS);
        /** To be answered before anything is revoked. */
        private @Nullable GrantOutcomeRequest question;

        private long dueNanos;

        Debt(@Nullable GrantOutcomeRequest question, PutRevokeRequest revoke) {
            this.question = question;
            this.revoke = revoke;
        }
    }
}
