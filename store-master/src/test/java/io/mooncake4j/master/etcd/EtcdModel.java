package io.mooncake4j.master.etcd;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * etcd as its documentation says it behaves: one history of revisions, conditional transactions, leases that end by the
 * given clock, watches, compaction, a quota. A request takes effect when it arrives; {@link Link} decides whether and when
 * that is, and which answers come back. For one thread.
 */
public final class EtcdModel {
    /** Between one client and etcd. */
    public interface Link {
        Link SOUND = new Link() {};

        /** Whether a request arrives. */
        default boolean arrives() {
            return true;
        }

        /** Whether the answer to a request that took effect comes back. */
        default boolean answers() {
            return true;
        }

        /** Runs what a future's completion leads to; the time between is the network's. */
        default void deliver(Runnable completion) {
            completion.run();
        }

        /**
         * Carries a request, and runs its effect if and when it arrives.
         *
         * @param silence what the caller does when no answer came in time; nothing, after one
         */
        default void request(Runnable effect, Runnable silence) {
            if (arrives()) {
                effect.run();
            } else {
                deliver(silence);
            }
        }

        /** Carries an answer back; {@code silence} as in {@link #request}. */
        default void answer(Runnable completion, Runnable silence) {
            deliver(answers() ? completion : silence);
        }
    }

    private static final int MOST_REQUEST_BYTES = 3 << 19;
    private static final int MOST_OPERATIONS = 128;

    private static final class Lease {
        final long timeToLiveNanos;
        long endsNanos;

        Lease(long timeToLiveNanos, long endsNanos) {
            this.timeToLiveNanos = timeToLiveNanos;
            this.endsNanos = endsNanos;
        }
    }

    /** Somebody who is told once, when one of the keys has changed since the revision. */
    record Watch(List<String> keys, long sinceRevision, BooleanSupplier isOver, Runnable tell) {}

    private final LongSupplier nanoClock;
    private final EtcdHistory history = new EtcdHistory();
    private final Map<Long, Lease> leases = new LinkedHashMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private long lastLease;
    private boolean full;
    private boolean foreign;
    private long sizeBytes;
    private long usedBytes;
    private long largestTransactionBytes;
    private List<String> leftOut = List.of();

    public EtcdModel(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        history.onChange(changes -> tellWatches());
    }

    /** Writes fail from now on, as if the quota was reached. */
    public void setFull(boolean value) {
        full = value;
    }

    /** What it says of members that are not there when it is defragmented. */
    public void setLeftOut(List<String> value) {
        leftOut = value;
    }

    /** What the largest transaction so far wrote; etcd takes 1.5 MiB by default. */
    public long largestTransactionBytes() {
        return largestTransactionBytes;
    }

    /** What it says of its database; whether others have keys there. */
    public void setHealth(long size, long used, boolean foreignKeys) {
        sizeBytes = size;
        usedBytes = used;
        foreign = foreignKeys;
    }

    /** The oldest revision of which it knows all. */
    public long compacted() {
        return history.compacted();
    }

    /** Tells of every change from now on, while it is made. */
    public void onChange(Consumer<EtcdChanges> listener) {
        history.onChange(listener);
    }

    /** A client whose requests go over the link. */
    public Etcd client(Link link) {
        return new EtcdModelClient(this, link);
    }

    /** What is under a key now; null: nothing. */
    public byte @Nullable [] value(String key) {
        expireLeases();
        EtcdHistory.Version version = history.at(key);
        return version == null ? null : version.value();
    }

    /** Where a key was created; 0: it isn't there. */
    public long createRevision(String key) {
        EtcdHistory.Version version = history.at(key);
        return version == null ? 0 : version.createRevision();
    }

    /** Writes as somebody else would. */
    public void write(String key, byte @Nullable [] value) {
        expireLeases();
        history.begin();
        history.set(key, value, 0);
        history.tellListeners();
    }

    /** Ends the leases whose time is over, as etcd does by itself and this model only when it is called. */
    public void expireLeases() {
        long now = nanoClock.getAsLong();
        List<Long> over = null;
        for (Map.Entry<Long, Lease> lease : leases.entrySet()) {
            if (lease.getValue().endsNanos - now <= 0) {
                over = over == null ? new ArrayList<>() : over;
                over.add(lease.getKey());
            }
        }
        if (over != null) {
            over.forEach(this::end);
        }
    }

    /** Another member leads: it gives every lease all of its time anew. */
    public void renewLeases() {
        long now = nanoClock.getAsLong();
        leases.values().forEach(lease -> lease.endsNanos = now + lease.timeToLiveNanos);
    }

    public List<String> keys() {
        return range(new EtcdRangeQuery("", "\uffff", 0, 0, true)).entries().stream()
                .map(EtcdEntry::key)
                .toList();
    }

    /** Everything that is there now, as a backup has it. */
    public Map<String, byte[]> snapshot() {
        Map<String, byte[]> all = new HashMap<>();
        range(new EtcdRangeQuery("", "\uffff", 0, 0, false))
                .entries()
                .forEach(entry -> all.put(entry.key(), entry.value()));
        return all;
    }

    EtcdRange range(EtcdRangeQuery query) {
        return history.range(query);
    }

    void watch(Watch watch) {
        watches.add(watch);
        tellWatches();
    }

    /** Of nothing that those who watch now wait for they are told, as by a connection that died without a word. */
    public void forgetWatches() {
        watches.clear();
    }

    private void tellWatches() {
        watches.removeIf(watch -> watch.isOver().getAsBoolean());
        List<Watch> hit = watches.stream()
                .filter(watch -> watch.keys().stream().anyMatch(key -> history.hasChanged(key, watch.sinceRevision())))
                .toList();
        watches.removeAll(hit);
        hit.forEach(watch -> watch.tell().run());
    }

    EtcdTxnAnswer txn(EtcdTxn txn) {
        for (EtcdTxn.Condition condition : txn.conditions()) {
            EtcdHistory.Version version = history.at(condition.key());
            long found = version == null
                    ? 0
                    : condition.field() == EtcdTxn.Field.CREATED ? version.createRevision() : version.modRevision();
            if (found != condition.revision()) {
                List<EtcdEntry> read = new ArrayList<>();
                for (String key : txn.orElseRead()) {
                    EtcdHistory.Version other = history.at(key);
                    if (other != null) {
                        read.add(EtcdHistory.entry(key, other, false));
                    }
                }
                return new EtcdTxnAnswer(false, history.revision(), read);
            }
        }
        if (full) {
            throw new EtcdException(Kind.NO_SPACE, "mvcc: database space exceeded");
        }
        checkWrites(txn.writes());
        for (EtcdTxn.Write write : txn.writes()) {
            boolean lost =
                    write instanceof EtcdTxn.Write.Put put && put.leaseId() != 0 && !leases.containsKey(put.leaseId());
            if (lost) {
                throw new EtcdException(Kind.LEASE_NOT_FOUND, "requested lease not found");
            }
        }
        history.begin();
        for (EtcdTxn.Write write : txn.writes()) {
            if (write instanceof EtcdTxn.Write.Put put) {
                history.set(put.key(), put.value(), put.leaseId());
            } else if (write instanceof EtcdTxn.Write.Delete delete) {
                history.deleteRange(delete.from(), delete.end());
            }
        }
        history.tellListeners();
        return new EtcdTxnAnswer(true, history.revision(), List.of());
    }

    /** As etcd does: a key is written once in a transaction. */
    private void checkWrites(List<EtcdTxn.Write> writes) {
        long bytes = 0;
        Set<String> keys = new HashSet<>();
        for (EtcdTxn.Write write : writes) {
            if (write instanceof EtcdTxn.Write.Put put) {
                bytes += put.key().length() + put.value().length;
                boolean deleted = writes.stream()
                        .anyMatch(other -> other instanceof EtcdTxn.Write.Delete delete
                                && delete.from().compareTo(put.key()) <= 0
                                && delete.end().compareTo(put.key()) > 0);
                if (deleted || !keys.add(put.key())) {
                    throw new EtcdException(Kind.REFUSED, "duplicate key given in txn request: " + put.key());
                }
            }
        }
        largestTransactionBytes = Math.max(largestTransactionBytes, bytes);
        if (bytes > MOST_REQUEST_BYTES || writes.size() > MOST_OPERATIONS) {
            throw new EtcdException(Kind.REFUSED, "request is too large: " + bytes + " bytes, " + writes.size());
        }
    }

    void end(long leaseId) {
        if (leases.remove(leaseId) == null) {
            throw new EtcdException(Kind.LEASE_NOT_FOUND, "requested lease not found");
        }
        history.begin();
        history.deleteOf(leaseId);
        history.tellListeners();
    }

    EtcdLease grantLease(Duration timeToLive) {
        if (full) {
            throw new EtcdException(Kind.NO_SPACE, "mvcc: database space exceeded");
        }
        long nanos = timeToLive.toNanos();
        leases.put(++lastLease, new Lease(nanos, nanoClock.getAsLong() + nanos));
        return new EtcdLease(lastLease, timeToLive);
    }

    Duration keepAliveOnce(long leaseId) {
        Lease lease = leases.get(leaseId);
        if (lease == null) {
            throw new EtcdException(Kind.LEASE_NOT_FOUND, "requested lease not found");
        }
        lease.endsNanos = nanoClock.getAsLong() + lease.timeToLiveNanos;
        return Duration.ofNanos(lease.timeToLiveNanos);
    }

    void compact(long upTo) {
        history.compact(upTo);
    }

    EtcdHealth health() {
        return new EtcdHealth(
                "model",
                sizeBytes == 0 ? history.heldBytes() : sizeBytes,
                usedBytes == 0 ? history.heldBytes() : usedBytes,
                full ? List.of("NOSPACE") : List.of(),
                foreign,
                history.revision(),
                "model:1");
    }

    List<String> defragment() {
        sizeBytes = usedBytes;
        return leftOut;
    }
}
