package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.journal.EtcdJournal;
import io.mooncake4j.master.journal.Found;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.Loop;
import io.mooncake4j.master.journal.Meta;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ClockDrift;
import io.mooncake4j.transfer.wire.Epoch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One term as leader, from the won election to its end. For one loop; the proof renews itself on another. */
final class Term {
    private static final Logger LOG = LoggerFactory.getLogger(Term.class);

    /** From SIGTERM on no lease is longer. */
    private static final Duration SHORT_LEASE = Duration.ofSeconds(1);
    /** What began before the gate closed is over by then. */
    private static final Duration DRAIN = Duration.ofMillis(50);
    /** For how long it is tried to give up the leader key of a term that has ended. */
    private static final Duration LET_GO = Duration.ofSeconds(30);

    private static final Duration LET_GO_EVERY = Duration.ofMillis(500);

    private final Etcd etcd;
    private final Loop loop;
    private final Candidate.Won won;
    private final Terms terms;
    private final LeaderProof proof;
    private final Consumer<String> onEnd;
    /** Once it was tried to give up the leader key. */
    private final CompletableFuture<@Nullable Void> letGo = new CompletableFuture<>();

    private @Nullable EtcdJournal journal;
    private @Nullable MasterCore core;
    private @Nullable Upkeep upkeep;
    private boolean serving;
    private boolean refused;
    private boolean ended;

    /** @param onEnd told once, on the loop, why the term is over */
    Term(
            Etcd etcd,
            Loop loop,
            Loop proofLoop,
            Candidate.Won won,
            SafetyRules rules,
            Terms terms,
            Consumer<String> onEnd) {
        this.etcd = etcd;
        this.loop = loop;
        this.won = won;
        this.terms = terms;
        this.onEnd = onEnd;
        this.proof = new LeaderProof(
                etcd, proofLoop, won.lease(), won.revision(), rules, why -> loop.execute(() -> end(why)));
        proofLoop.execute(() -> proof.begin(won.sinceNanos()));
    }

    /** Takes over what was found, and serves once the term's first record is durable. */
    void begin(Meta meta, Found found, JournalOptions options) {
        if (ended) {
            return;
        }
        long started = loop.nanoTime();
        EtcdJournal log = new EtcdJournal(etcd, loop, won.revision(), found, options, this::end);
        journal = log;
        MasterCore next;
        try {
            next = terms.takeOver(
                    new Epoch(meta.clusterId(), won.revision()), meta.secret(), log, found.state(), found.sinceNanos());
        } catch (RuntimeException | Error e) { // who holds the leader key and doesn't serve must let it go
            LOG.error("the placement can't be taken over", e);
            refuse(e.getMessage() + "; see all that is wrong by 'mooncake4j metadata check'");
            return;
        }
        core = next;
        log.keepBuckets(found);
        log.whenDurable(next.termSequence(), new ChangeLog.Waiter() {
            @Override
            public void durable() {
                if (!ended) {
                    serving = true;
                    terms.serve(next, proof);
                    upkeep = new Upkeep(etcd, loop, log, () -> next.objects().objectCount(), options.quotaBytes());
                    upkeep.begin();
                    LOG.info(
                            "leads from revision {} on with {} objects, {} ms after all was read",
                            won.revision(),
                            next.objects().objectCount(),
                            (loop.nanoTime() - started) / 1_000_000);
                }
            }
        });
    }

    /**
     * Serves on with short leases until the longer ones have ended, then lets another take over; ends the term. Completes
     * on the loop.
     */
    CompletableFuture<@Nullable Void> handOver() {
        MasterCore leading = core;
        if (!serving || leading == null) {
            end("it stops");
            return letGo;
        }
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        leading.shortenLeases(SHORT_LEASE.toNanos());
        long wait = Math.max(
                ClockDrift.grantedNanos(leading.times().readLeaseNanos()),
                leading.inheritedLeaseNanos(loop.nanoTime()));
        loop.schedule(wait, () -> {
            if (ended) {
                done.complete(null);
                return;
            }
            terms.stopServing();
            loop.schedule(DRAIN.toNanos(), () -> sayLastWord(leading, done));
        });
        return done;
    }

    private void sayLastWord(MasterCore leading, CompletableFuture<@Nullable Void> done) {
        long left = ClockDrift.grantedNanos(
                Math.min(SHORT_LEASE.toNanos(), leading.times().readLeaseNanos()));
        ChangeLog log = leading.log();
        log.whenDurable(log.append(new Change.HandedOver(left)), new ChangeLog.Waiter() {
            @Override
            public void durable() {
                EtcdTxn leave =
                        new EtcdTxn().ifCreatedAt(Keys.LEADER, won.revision()).delete(Keys.LEADER);
                etcd.txn(leave)
                        .whenComplete((answer, failure) -> loop.execute(() -> {
                            end("it handed over");
                            done.complete(null);
                        }));
            }

            @Override
            public void lost() {
                done.complete(null);
            }
        });
    }

    /** It can't lead with what it found, and will not be able to at once. */
    void refuse(String why) {
        refused = true;
        end(why);
    }

    boolean refused() {
        return refused;
    }

    /** The term is over; on the loop. */
    void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        proof.end();
        if (serving) {
            terms.stopServing();
        }
        if (journal != null) {
            journal.close();
        }
        if (upkeep != null) {
            upkeep.end();
        }
        letGo(loop.nanoTime() + LET_GO.toNanos());
        onEnd.accept(why);
    }

    /**
     * Gives the leader key up sooner than by its time to live, as soon as etcd can be reached: that time begins anew whenever
     * the members of etcd have elected a leader.
     */
    private void letGo(long untilNanos) {
        etcd.revokeLease(won.lease().id())
                .whenComplete((done, failure) -> loop.execute(() -> {
                    letGo.complete(null);
                    boolean reached =
                            failure == null || EtcdException.of(failure).kind() != EtcdException.Kind.UNKNOWN_OUTCOME;
                    if (!reached && loop.nanoTime() - untilNanos < 0) {
                        loop.schedule(LET_GO_EVERY.toNanos(), () -> letGo(untilNanos));
                    }
                }));
    }
}
