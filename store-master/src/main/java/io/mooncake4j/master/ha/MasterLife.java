package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdHealth;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.journal.Follower;
import io.mooncake4j.master.journal.FormatException;
import io.mooncake4j.master.journal.Found;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.Loop;
import io.mooncake4j.master.journal.Meta;
import io.mooncake4j.master.journal.Recovery;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master among several: loads the placement, follows it as a standby, leads when it wins, and starts over as a standby
 * when it no longer does. Everything happens on one loop, but the proof of leadership is renewed on another.
 */
public final class MasterLife {
    private static final Logger LOG = LoggerFactory.getLogger(MasterLife.class);
    /** Of a busy journal, several batches are read at once. */
    private static final Duration LOOK_AT_MOST_EVERY = Duration.ofMillis(100);
    /** etcd tells of changes, but may fall silent. */
    private static final Duration LOOK_AT_LEAST_EVERY = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER = Duration.ofMillis(500);
    private static final Duration REFUSE_FOR = Duration.ofSeconds(5);
    private static final Duration TELL_AGAIN_AFTER = Duration.ofMinutes(1);

    private final Etcd etcd;
    private final Loop loop;
    private final Loop proofLoop;
    private final HaOptions options;
    private final Terms terms;
    private final Relief relief;
    private final RandomGenerator random;

    private final CompletableFuture<@Nullable Void> loaded = new CompletableFuture<>();

    private volatile @Nullable Meta meta;
    private @Nullable Term term;
    /** Ends with what was won, if anything was. */
    private CompletableFuture<Candidate.@Nullable Won> looking = CompletableFuture.completedFuture(null);
    /** What has changed since was not seen yet. */
    private long seenRevision;

    private boolean stopped;
    /** Grows with every start over: what an earlier one began is then of no use. */
    private long era;

    /** The last record that this standby applied. */
    private volatile long followedRecord;
    /** When it last knew that it had applied all there was. */
    private volatile long followedNanos;

    private volatile boolean leading;

    private String lastTrouble = "";
    private long toldNanos;
    private boolean loopbackTold;
    private List<String> advised = List.of();

    /** @param random of what nobody may guess, or choose twice: secrets, ids, nonces */
    public MasterLife(Etcd etcd, Loop loop, Loop proofLoop, HaOptions options, Terms terms, RandomGenerator random) {
        this.etcd = etcd;
        this.loop = loop;
        this.proofLoop = proofLoop;
        this.options = options;
        this.terms = terms;
        this.relief = new Relief(etcd, loop, options.journal().quotaBytes());
        this.random = random;
        this.followedNanos = loop.nanoTime();
    }

    /** Begins, as a standby. Any thread. */
    public void start() {
        loop.execute(this::startOver);
    }

    /** Completes, on the loop, when it has read the whole placement for the first time: from then on it can take over. */
    public CompletableFuture<@Nullable Void> loaded() {
        return loaded;
    }

    /** The last record that it applied while it was a standby. Any thread. */
    public long followedRecord() {
        return followedRecord;
    }

    /** For how long it has not known whether there is more to apply than it has; 0 while it leads. Any thread. */
    public long standbyLagNanos() {
        return leading ? 0 : loop.nanoTime() - followedNanos;
    }

    /** Hands over if it leads, and ends. Takes some seconds longer than the longest lease at most. Any thread. */
    public CompletableFuture<@Nullable Void> stop() {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            stopped = true;
            era++;
            CompletableFuture<@Nullable Void> ending = term == null ? giveUpWhatIsWon() : term.handOver();
            CompletableFuture<@Nullable Void> unused = ending.whenComplete((nothing, failure) -> done.complete(null));
        });
        return done;
    }

    /** Nobody would use it, and nobody else could lead while it lives. */
    private CompletableFuture<@Nullable Void> giveUpWhatIsWon() {
        return looking.thenCompose(won -> won == null
                ? CompletableFuture.<@Nullable Void>completedFuture(null)
                : etcd.revokeLease(won.lease().id()));
    }

    private void startOver() {
        term = null;
        leading = false;
        if (stopped) {
            return;
        }
        long now = ++era;
        CompletableFuture<Found> reading = findMeta().thenCompose(ready -> Recovery.read(etcd, loop));
        reading.whenCompleteAsync(
                (found, failure) -> {
                    if (now != era) {
                        return;
                    }
                    if (failure == null) {
                        LOG.info(
                                "standby with {} objects as of record {}",
                                found.state().objects().objectCount(),
                                found.head().sequence());
                        calm();
                        followedRecord = found.head().sequence();
                        followedNanos = loop.nanoTime();
                        loaded.complete(null);
                        look(now, new Follower(etcd, loop, found));
                    } else {
                        retry(failure);
                    }
                },
                loop);
    }

    /** Once it was part of a cluster it never becomes part of another by itself: its data may only be away. */
    private CompletableFuture<@Nullable Void> findMeta() {
        Meta known = meta;
        if (known != null) {
            return known.confirm(etcd);
        }
        byte[] secret = options.clusterSecret();
        if (!options.secretConfigured()) {
            secret = new byte[32];
            random.nextBytes(secret);
        }
        return Meta.findOrFound(
                        etcd, new UUID(random.nextLong(), random.nextLong()), secret, options.secretConfigured())
                .thenApply(found -> {
                    meta = found;
                    return null;
                });
    }

    /** The term is over: again a standby, and if it could not lead for what it found, one that lets others try first. */
    private void over() {
        Term ended = term;
        term = null;
        leading = false;
        followedNanos = loop.nanoTime();
        long now = ++era;
        if (ended != null && ended.refused()) {
            loop.schedule(REFUSE_FOR.toNanos(), () -> {
                if (now == era) {
                    startOver();
                }
            });
        } else {
            startOver();
        }
    }

    /** Who leads? Nobody: try to. Somebody: see what it wrote. */
    private void look(long now, Follower follower) {
        if (now != era) {
            return;
        }
        looking =
                etcd.range(EtcdRangeQuery.key(Keys.LEADER)).thenComposeAsync(leader -> looked(leader, follower), loop);
        CompletableFuture<Candidate.@Nullable Won> unused = looking.whenCompleteAsync(
                (won, failure) -> {
                    if (now != era) {
                        return;
                    }
                    if (failure != null) {
                        retryLook(now, follower, failure);
                    } else if (won != null) {
                        lead(now, won, follower);
                    } else {
                        calm();
                        loop.schedule(LOOK_AT_MOST_EVERY.toNanos(), () -> lookOnChange(now, follower));
                    }
                },
                loop);
    }

    private void lookOnChange(long now, Follower follower) {
        if (now != era) {
            return;
        }
        CompletableFuture<@Nullable Void> change = follower.news(seenRevision);
        loop.schedule(LOOK_AT_LEAST_EVERY.minus(LOOK_AT_MOST_EVERY).toNanos(), () -> change.cancel(false));
        CompletableFuture<@Nullable Void> unused =
                change.whenCompleteAsync((nothing, cancelled) -> look(now, follower), loop);
    }

    private CompletableFuture<Candidate.@Nullable Won> looked(EtcdRange leader, Follower follower) {
        seenRevision = leader.revision();
        if (leader.entries().isEmpty()) {
            terms.leaderIs("");
            LeaderKey self = new LeaderKey(options.address(), random.nextLong());
            return findMeta().thenCompose(ready -> new Candidate(etcd, loop, self).run(options.leaderLease()));
        }
        EtcdEntry entry = leader.entries().get(0);
        String address = LeaderKey.of(entry).address();
        terms.leaderIs(address);
        warnOfLoopback(address);
        long asked = loop.nanoTime();
        return follower.catchUp().thenApply(complete -> {
            if (!complete) {
                throw new EtcdException(
                        EtcdException.Kind.COMPACTED,
                        "the journal doesn't go on where this standby is: it was trimmed, or etcd was restored");
            }
            followedRecord = follower.sequence();
            followedNanos = asked;
            return null;
        });
    }

    private void warnOfLoopback(String leader) {
        boolean self = Loopback.is(options.address());
        if (!loopbackTold && self != Loopback.is(leader) && !leader.isEmpty()) {
            loopbackTold = true;
            LOG.warn(
                    "the leader is told as {} and this master as {}: only its own machine reaches {}; set --advertise"
                            + " HOST:PORT there",
                    leader,
                    options.address(),
                    self ? options.address() : leader);
        }
    }

    private void retryLook(long now, Follower follower, Throwable failure) {
        EtcdException.Kind kind = kind(failure);
        if (kind == EtcdException.Kind.UNKNOWN_OUTCOME || kind == EtcdException.Kind.NO_SPACE) {
            trouble(failure);
            if (kind == EtcdException.Kind.NO_SPACE) {
                // Nobody can be elected, so no leader looks after it.
                etcd.health().thenAccept(health -> loop.execute(() -> relieve(health)));
            }
            loop.schedule(RETRY_AFTER.toNanos(), () -> look(now, follower));
        } else {
            retry(failure);
        }
    }

    private void relieve(EtcdHealth health) {
        List<String> advice = relief.advice(health);
        if (!advice.equals(advised)) {
            advised = advice;
            advice.forEach(LOG::warn);
        }
        relief.help(health);
    }

    private void lead(long now, Candidate.Won won, Follower follower) {
        LOG.info("won the election at revision {}", won.revision());
        terms.leaderIs(options.address());
        Term next = new Term(etcd, loop, proofLoop, won, options.journal().rules(), terms, why -> {
            LOG.warn("leads no more: {}", why);
            terms.leaderIs("");
            over();
        });
        term = next;
        leading = true;
        // again, now that nobody else writes: what was followed may have been another cluster's
        findMeta()
                .thenComposeAsync(ready -> follower.finish(), loop)
                .thenCompose(found ->
                        found == null ? finishAnew() : CompletableFuture.<@Nullable Found>completedFuture(found))
                .whenCompleteAsync(
                        (found, failure) -> {
                            if (now != era) {
                                return;
                            }
                            if (failure != null && kind(failure) == EtcdException.Kind.UNKNOWN_OUTCOME) {
                                next.end("it can't take over now: " + cause(failure));
                            } else if (failure != null || found == null) {
                                next.refuse("it can't take over: " + (failure == null ? "no state" : cause(failure)));
                            } else {
                                next.begin(Objects.requireNonNull(meta), found, options.journal());
                            }
                        },
                        loop);
    }

    /** The standby had fallen behind; but now nobody else writes. */
    private CompletableFuture<@Nullable Found> finishAnew() {
        return Recovery.read(etcd, loop).thenCompose(found -> new Follower(etcd, loop, found).finish());
    }

    private void retry(Throwable failure) {
        trouble(failure);
        Duration pause = isFormat(failure) ? REFUSE_FOR : RETRY_AFTER;
        long now = era;
        loop.schedule(pause.toNanos(), () -> {
            if (now == era) {
                startOver();
            }
        });
    }

    private void trouble(Throwable failure) {
        String text = cause(failure);
        if (!text.equals(lastTrouble) || loop.nanoTime() - toldNanos > TELL_AGAIN_AFTER.toNanos()) {
            lastTrouble = text;
            toldNanos = loop.nanoTime();
            LOG.warn("this master can neither lead nor follow, and tries again: {}", text);
        }
    }

    private void calm() {
        lastTrouble = "";
    }

    private static EtcdException.Kind kind(Throwable failure) {
        return isFormat(failure)
                ? EtcdException.Kind.REFUSED
                : EtcdException.of(failure).kind();
    }

    private static boolean isFormat(Throwable failure) {
        return EtcdException.unwrapped(failure) instanceof FormatException;
    }

    private static String cause(Throwable failure) {
        Throwable cause = EtcdException.unwrapped(failure);
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
