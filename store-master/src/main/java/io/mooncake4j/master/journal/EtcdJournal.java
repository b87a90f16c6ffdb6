package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdTxnAnswer;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.JournalStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term's journal in etcd: an ordered queue with one transaction in flight, which takes what gathered while the last
 * one committed. Each is conditioned on the leader key and on the head that the one before left, so that whoever lost its
 * place can't write, and an attempt whose outcome is unknown is made again with the same bytes.
 */
public final class EtcdJournal implements ChangeLog {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdJournal.class);

    /** etcd takes 1.5 MiB a request by default. */
    private static final int LARGEST_BATCH_BYTES = 1 << 20;
    /** A transaction of etcd has 128 operations by default. */
    private static final int MOST_BUCKETS = 100;

    private static final long MOST_QUEUED_BYTES = 32L << 20;
    /** If etcd has taken nothing for so long, new puts are refused, so that they needn't wait at their ends. */
    private static final long STALL_NANOS = 1_000_000_000L;

    /** For so long records gather that nobody waits for: a commit costs etcd about as much CPU for one as for a hundred. */
    public static final long GATHER_NANOS = 5_000_000L;

    private static final long WARN_EVERY_NANOS = 30_000_000_000L;
    private static final long RETRY_NANOS = 50_000_000L;
    private static final long NO_SPACE_RETRY_NANOS = 1_000_000_000L;

    private final Etcd etcd;
    private final Loop loop;
    private final long revision;
    private final JournalOptions options;
    private final Consumer<String> onLost;

    // Guarded by this.
    private final SegmentsValue segments;
    private final ArrayDeque<Batch> sealed = new ArrayDeque<>();
    private Batch open;
    private @Nullable Encoder spare;
    private long last;
    private boolean gathering;
    private boolean sending;
    private boolean lost;

    // Of the loop alone.
    private long headRevision;
    private final List<Bucket> unfinished;
    private @Nullable BucketTurn turn;
    private long attempts;
    private long warnedNanos;

    private volatile long committed;
    private volatile long etcdRevision;
    private volatile long queuedBytes;
    /** When the oldest record that isn't durable was appended; 0: all are. */
    private volatile long oldestNanos;
    /** What etcd said to the last attempt, if it failed. */
    private volatile @Nullable String trouble;

    private volatile EtcdRoom room = EtcdRoom.UNKNOWN;

    /**
     * @param revision of the leader key
     * @param found where the journal goes on
     * @param onLost told once, on the loop, why nothing can be written any more
     */
    public EtcdJournal(
            Etcd etcd, Loop loop, long revision, Found found, JournalOptions options, Consumer<String> onLost) {
        this.etcd = etcd;
        this.loop = loop;
        this.revision = revision;
        this.options = options;
        this.onLost = onLost;
        this.segments = found.segments();
        this.last = found.head().sequence();
        this.committed = last;
        this.headRevision = found.headRevision();
        this.unfinished = new ArrayList<>(found.unfinished());
        this.etcdRevision = found.headRevision();
        this.open = new Batch(new Encoder(LARGEST_BATCH_BYTES / 8), revision, last + 1);
    }

    /** From now on buckets are written anew, in turn. On the loop. */
    public void keepBuckets(Found found) {
        turn = new BucketTurn(found.state(), found.buckets(), options.tailBytes());
    }

    @Override
    public synchronized long append(Change change) {
        boolean toSegments = SegmentsValue.takes(change);
        if (toSegments && !open.isEmpty() && open.bytesWithSegments(segments.bytes()) > LARGEST_BATCH_BYTES) {
            seal();
        }
        long sequence = ++last;
        if (lost) {
            return sequence; // nobody will write it
        }
        long now = open.hasRecords() ? 0 : loop.nanoTime() | 1;
        if (oldestNanos == 0) {
            oldestNanos = now;
        }
        open.add(change, now);
        if (toSegments) {
            segments.apply(change, sequence);
            open.segments = segments.encode();
        }
        if (open.bytes() >= LARGEST_BATCH_BYTES) {
            seal();
        }
        wake();
        return sequence;
    }

    @Override
    public synchronized long lastSequence() {
        return last;
    }

    /** Adds buckets to what is sent next, in one transaction; to be called while nothing in them changes. */
    synchronized void append(List<Batch.NewBucket> buckets) {
        if (lost) {
            return;
        }
        if (open.bytes() + bytes(buckets) > LARGEST_BATCH_BYTES
                || open.buckets.size() + buckets.size() > MOST_BUCKETS) {
            seal();
        }
        buckets.forEach(open::add);
        wake();
    }

    /** Whether one transaction can take them. */
    static boolean fit(List<Batch.NewBucket> buckets) {
        return buckets.size() <= MOST_BUCKETS && bytes(buckets) <= LARGEST_BATCH_BYTES;
    }

    private static long bytes(List<Batch.NewBucket> buckets) {
        return buckets.stream().mapToLong(bucket -> bucket.value().length).sum();
    }

    private void seal() {
        open.seal();
        queuedBytes += open.sealedBytes();
        sealed.add(open);
        Encoder encoder = spare == null ? new Encoder(LARGEST_BATCH_BYTES + LARGEST_BATCH_BYTES / 8) : spare;
        spare = null;
        open = new Batch(encoder, revision, last + 1);
    }

    private void wake() {
        if (sending || lost) {
            return;
        }
        if (options.sync() || !sealed.isEmpty() || !open.waiters.isEmpty()) {
            gathering = false;
            sending = true;
            loop.execute(this::sendNext);
        } else if (!gathering) {
            gathering = true;
            loop.schedule(GATHER_NANOS, this::gathered);
        }
    }

    private void gathered() {
        synchronized (this) {
            if (!gathering) {
                return; // somebody came who waits for it
            }
            gathering = false;
            sending = true;
        }
        sendNext();
    }

    @Override
    public void whenDurable(long sequence, Waiter waiter) {
        boolean gone;
        synchronized (this) {
            gone = lost;
            if (!gone && sequence > committed) {
                holder(sequence).waiters.add(waiter);
                wake();
                return;
            }
        }
        if (gone && sequence > committed) {
            waiter.lost();
        } else {
            waiter.durable();
        }
    }

    /** The batch in the queue that will make the number durable. */
    private Batch holder(long sequence) {
        for (Batch batch : sealed) {
            if (batch.hasRecords() && batch.lastSequence() >= sequence) {
                return batch;
            }
        }
        return open;
    }

    @Override
    public void whenAcknowledgeable(long sequence, Waiter waiter) {
        if (options.sync() || lagNanos() >= JournalOptions.LONGEST_LAG.toNanos()) {
            whenDurable(sequence, waiter);
        } else {
            waiter.durable();
        }
    }

    /** Whoever is told here is in no batch any more, and so isn't told again. */
    @Override
    public void giveUpLateWaiters() {
        long lag = lagNanos();
        if (lag < JournalOptions.LONGEST_LAG.toNanos()) {
            return; // nobody has waited for longer
        }
        List<Waiter> late = new ArrayList<>();
        synchronized (this) {
            sealed.forEach(batch -> batch.moveLateWaiters(late));
            open.moveLateWaiters(late);
        }
        String failure = trouble;
        String why = stalled(lag) + (failure == null ? "" : ": " + failure);
        late.forEach(waiter -> waiter.givenUp(why));
    }

    @Override
    public boolean acknowledgesAtOnce() {
        // with "sync" what is visible is durable
        return options.sync() || lagNanos() < JournalOptions.LONGEST_LAG.toNanos();
    }

    @Override
    public boolean hidesUntilDurable() {
        return options.sync();
    }

    @Override
    public boolean durable() {
        return true;
    }

    @Override
    public long durableSequence() {
        return committed;
    }

    @Override
    public @Nullable String refusal() {
        String failure = trouble;
        if (failure != null) {
            return failure;
        }
        if (queuedBytes > MOST_QUEUED_BYTES) {
            return "etcd is slow: " + queuedBytes + " bytes of placement wait to be durable; try again";
        }
        long lag = lagNanos();
        return lag > STALL_NANOS ? stalled(lag) + "; try again" : room.refusal();
    }

    @Override
    public synchronized @Nullable String refusal(Change.SegmentMounted segment) {
        return segments.refusal(segment);
    }

    /** What is known of the space in etcd from now on. On the loop. */
    public void roomIs(EtcdRoom now) {
        room = now;
        if (turn != null) {
            turn.hurry(now.scarce());
        }
    }

    @Override
    public JournalStatus status() {
        EtcdRoom now = room;
        return new JournalStatus(
                lastSequence(),
                committed,
                lagNanos(),
                queuedBytes,
                now.sizeBytes(),
                now.usedBytes(),
                options.quotaBytes(),
                refusal(),
                now.advice());
    }

    private static String stalled(long lagNanos) {
        return "etcd has not taken a change of placement for " + lagNanos / 1_000_000 + " ms";
    }

    /** For how long the oldest record that isn't durable has waited. */
    private long lagNanos() {
        long oldest = oldestNanos;
        return oldest == 0 ? 0 : loop.nanoTime() - oldest;
    }

    /** etcd's revision of the last commit. */
    public long etcdRevision() {
        return etcdRevision;
    }

    private void sendNext() {
        Batch batch;
        synchronized (this) {
            if (lost) {
                return;
            }
            if (sealed.isEmpty()) {
                seal();
            }
            batch = sealed.element();
        }
        attempts = 0;
        BatchTxn txn = new BatchTxn(batch, revision, headRevision, unfinished, turn == null ? 0 : turn.trimTo());
        if (batch.hasRecords()) {
            unfinished.clear();
        }
        send(txn);
    }

    private void send(BatchTxn txn) {
        etcd.txn(txn.txn())
                .whenComplete((answer, failure) -> loop.execute(() -> {
                    if (isLost()) {
                        return; // who waited was told
                    }
                    try {
                        if (failure == null) {
                            answered(txn, answer);
                        } else {
                            failed(txn, EtcdException.of(failure));
                        }
                    } catch (RuntimeException | Error e) { // else it would lead on, and never write again
                        LOG.error("what followed a write to etcd failed", e);
                        lose("what followed a write to etcd failed: " + e);
                    }
                }));
    }

    private void answered(BatchTxn txn, EtcdTxnAnswer answer) {
        Batch batch = txn.batch();
        if (answer.succeeded()) {
            if (batch.hasRecords()) {
                headRevision = answer.revision();
            }
            committed(batch, answer.revision());
            return;
        }
        EtcdEntry leader = find(answer, Keys.LEADER);
        if (leader == null || leader.createRevision() != revision) {
            lose(leader == null ? "the leader key is gone from etcd" : "another master leads");
            return;
        }
        EtcdEntry found = find(answer, Keys.HEAD);
        if (found != null && attempts > 0 && txn.wrote(found)) {
            headRevision = found.modRevision(); // an attempt whose answer was lost
            committed(batch, answer.revision());
        } else {
            lose("the journal's head in etcd was changed by somebody else"
                    + (found == null ? ": it is gone" : " at revision " + found.modRevision())
                    + "; see what is there by 'mooncake4j metadata check'");
        }
    }

    private static @Nullable EtcdEntry find(EtcdTxnAnswer answer, String key) {
        for (EtcdEntry entry : answer.read()) {
            if (entry.key().equals(key)) {
                return entry;
            }
        }
        return null;
    }

    private void committed(Batch batch, long atRevision) {
        etcdRevision = atRevision;
        trouble = null;
        List<Waiter> waiters;
        synchronized (this) {
            if (lost) {
                return; // who waited was told so
            }
            if (batch.hasRecords()) {
                options.commitTimes().record(loop.nanoTime() - batch.oldestNanos());
            }
            sealed.remove();
            queuedBytes -= batch.sealedBytes();
            if (batch.hasRecords()) {
                committed = batch.lastSequence();
                oldestNanos = oldest();
            }
            spare = batch.encoder();
            waiters = batch.waiters;
        }
        for (Waiter waiter : waiters) {
            waiter.durable();
        }
        if (turn != null) {
            turn.committed(batch);
            turn.writeDue(this);
        }
        synchronized (this) {
            sending = false;
            if (!sealed.isEmpty() || !open.isEmpty()) {
                wake();
            }
        }
    }

    private long oldest() {
        for (Batch batch : sealed) {
            if (batch.hasRecords()) {
                return batch.oldestNanos();
            }
        }
        return open.hasRecords() ? open.oldestNanos() : 0;
    }

    private void failed(BatchTxn txn, EtcdException failure) {
        switch (failure.kind()) {
            case UNKNOWN_OUTCOME, NO_SPACE -> {
                boolean full = failure.kind() == EtcdException.Kind.NO_SPACE;
                attempts++;
                if (warnedNanos == 0 || loop.nanoTime() - warnedNanos > WARN_EVERY_NANOS) {
                    warnedNanos = loop.nanoTime() | 1;
                    LOG.warn("the journal's write to etcd failed and is tried again: {}", failure.getMessage());
                }
                trouble = failure.getMessage();
                loop.schedule(full ? NO_SPACE_RETRY_NANOS : RETRY_NANOS, () -> send(txn));
            }
            default -> lose(String.valueOf(failure.getMessage()));
        }
    }

    private synchronized boolean isLost() {
        return lost;
    }

    private void lose(String why) {
        if (close()) {
            onLost.accept(why);
        }
    }

    /** Writes nothing any more; who waits is told that it is lost. True if it wasn't closed before. On the loop. */
    public boolean close() {
        List<Waiter> waiters = new ArrayList<>();
        synchronized (this) {
            if (lost) {
                return false;
            }
            lost = true;
            sealed.forEach(batch -> waiters.addAll(batch.waiters));
            waiters.addAll(open.waiters);
            sealed.clear();
            open = new Batch(new Encoder(0), revision, last + 1);
            spare = null;
        }
        waiters.forEach(Waiter::lost);
        return true;
    }
}
