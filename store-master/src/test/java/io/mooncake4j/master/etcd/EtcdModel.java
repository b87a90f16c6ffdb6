package io.mooncake4j.master.etcd;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * etcd as its documentation says it behaves: one history of revisions, conditional transactions, leases that end by the
 * given clock, compaction, a quota. A request takes effect when it arrives; {@link Link} decides whether and when
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

    private record Version(byte @Nullable [] value, long createRevision, long modRevision, long leaseId) {}

    private static final class Lease {
        final long timeToLiveNanos;
        long endsNanos;

        Lease(long timeToLiveNanos, long endsNanos) {
            this.timeToLiveNanos = timeToLiveNanos;
            this.endsNanos = endsNanos;
        }
    }

    private final LongSupplier nanoClock;
    private final TreeMap<String, TreeMap<Long, Version>> history = new TreeMap<>();
    private final Map<Long, Lease> leases = new LinkedHashMap<>();
    private final List<Consumer<EtcdChanges>> listeners = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    private long lastLease;
    private boolean full;
    private boolean foreign;
    private long sizeBytes;
    private long usedBytes;
    private long largestTransactionBytes;
    /** By the revision that is being made. */
    private final TreeMap<String, Version> changed = new TreeMap<>();

    public EtcdModel(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Writes fail from now on, as if the quota was reached. */
    public void setFull(boolean value) {
        full = value;
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
        return compacted;
    }

    /** Tells of every change from now on, while it is made. */
    public void onChange(Consumer<EtcdChanges> listener) {
        listeners.add(listener);
    }

    /** A client whose requests go over the link. */
    public Etcd client(Link link) {
        return new Client(link);
    }

    /** What is under a key now; null: nothing. */
    public byte @Nullable [] value(String key) {
        expireLeases();
        Version version = at(key, revision);
        return version == null ? null : version.value();
    }

    /** Where a key was created; 0: it isn't there. */
    public long createRevision(String key) {
        Version version = at(key, revision);
        return version == null ? 0 : version.createRevision();
    }

    /** Writes as somebody else would. */
    public void write(String key, byte @Nullable [] value) {
        expireLeases();
        revision++;
        set(key, value, 0);
        tellListeners();
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

    private @Nullable Version at(String key, long when) {
        TreeMap<Long, Version> versions = history.get(key);
        Map.Entry<Long, Version> last = versions == null ? null : versions.floorEntry(when);
        return last == null || last.getValue().value() == null ? null : last.getValue();
    }

    private void set(String key, byte @Nullable [] value, long leaseId) {
        Version before = at(key, revision);
        long created = before == null ? revision : before.createRevision();
        Version version = new Version(value, created, revision, leaseId);
        history.computeIfAbsent(key, k -> new TreeMap<>()).put(revision, version);
        changed.put(key, version);
    }

    private EtcdRange range(EtcdRangeQuery query) {
        long when = query.revision() == 0 ? revision : query.revision();
        if (when < compacted) {
            throw new EtcdException(Kind.COMPACTED, "revision " + when + " is compacted");
        }
        if (when > revision) {
            throw new EtcdException(Kind.REFUSED, "revision " + when + " is in the future");
        }
        List<EtcdEntry> entries = new ArrayList<>();
        for (String key : history.subMap(query.from(), query.end()).keySet()) {
            Version version = at(key, when);
            if (version != null) {
                if (query.limit() > 0 && entries.size() == query.limit()) {
                    return new EtcdRange(entries, true, revision);
                }
                entries.add(entry(key, version, query.keysOnly()));
            }
        }
        return new EtcdRange(entries, false, revision);
    }

    private static EtcdEntry entry(String key, Version version, boolean keyOnly) {
        byte[] value = keyOnly || version.value() == null ? new byte[0] : version.value();
        return new EtcdEntry(key, value, version.createRevision(), version.modRevision(), version.leaseId());
    }

    private EtcdTxnAnswer txn(EtcdTxn txn) {
        for (EtcdTxn.Condition condition : txn.conditions()) {
            Version version = at(condition.key(), revision);
            long found = version == null
                    ? 0
                    : condition.field() == EtcdTxn.Field.CREATED ? version.createRevision() : version.modRevision();
            if (found != condition.revision()) {
                List<EtcdEntry> read = new ArrayList<>();
                for (String key : txn.orElseRead()) {
                    Version other = at(key, revision);
                    if (other != null) {
                        read.add(entry(key, other, false));
                    }
                }
                return new EtcdTxnAnswer(false, revision, read);
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
        revision++;
        for (EtcdTxn.Write write : txn.writes()) {
            if (write instanceof EtcdTxn.Write.Put put) {
                set(put.key(), put.value(), put.leaseId());
            } else if (write instanceof EtcdTxn.Write.Delete delete) {
                deleteRange(delete.from(), delete.end());
            }
        }
        tellListeners();
        return new EtcdTxnAnswer(true, revision, List.of());
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

    private void deleteRange(String from, String end) {
        for (String key : List.copyOf(history.subMap(from, end).keySet())) {
            if (at(key, revision) != null) {
                set(key, null, 0);
            }
        }
    }

    /** Tells what the present revision changed; if it is nothing, there is no such revision. */
    private void tellListeners() {
        if (changed.isEmpty()) {
            revision--;
            return;
        }
        List<EtcdEntry> put = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        changed.forEach((key, version) -> {
            if (version.value() == null) {
                deleted.add(key);
            } else {
                put.add(entry(key, version, false));
            }
        });
        changed.clear();
        EtcdChanges changes = new EtcdChanges(put, deleted, revision);
        listeners.forEach(listener -> listener.accept(changes));
    }

    private void end(long leaseId) {
        if (leases.remove(leaseId) == null) {
            throw new EtcdException(Kind.LEASE_NOT_FOUND, "requested lease not found");
        }
        revision++;
        for (String key : List.copyOf(history.keySet())) {
            Version version = at(key, revision);
            if (version != null && version.leaseId() == leaseId) {
                set(key, null, 0);
            }
        }
        tellListeners();
    }

    private void compact(long upTo) {
        if (upTo <= compacted) {
            throw new EtcdException(Kind.COMPACTED, "revision " + upTo + " is compacted");
        }
        if (upTo > revision) {
            throw new EtcdException(Kind.REFUSED, "revision " + upTo + " is in the future");
        }
        compacted = upTo;
        history.values().forEach(versions -> {
            NavigableMap<Long, Version> old = versions.headMap(compacted, true);
            Long last = old.isEmpty() ? null : old.lastKey();
            old.keySet().removeIf(when -> !when.equals(last));
        });
        history.values()
                .removeIf(versions -> versions.size() == 1
                        && versions.firstKey() <= compacted
                        && versions.firstEntry().getValue().value() == null);
    }

    /** What all versions have. */
    private long heldBytes() {
        long size = 1;
        for (TreeMap<Long, Version> versions : history.values()) {
            for (Version version : versions.values()) {
                byte @Nullable [] value = version.value();
                size += value == null ? 0 : value.length;
            }
        }
        return size;
    }

    private final class Client implements Etcd {
        private final Link link;
        private boolean closed;

        Client(Link link) {
            this.link = link;
        }

        private <T> CompletableFuture<T> call(Supplier<T> effect) {
            CompletableFuture<T> future = new CompletableFuture<>();
            if (closed) {
                future.completeExceptionally(new EtcdException(Kind.CLOSED, "this client is closed"));
                return future;
            }
            Runnable silence =
                    () -> future.completeExceptionally(new EtcdException(Kind.UNKNOWN_OUTCOME, "no answer in time"));
            link.request(
                    () -> {
                        expireLeases();
                        T answer;
                        try {
                            answer = effect.get();
                        } catch (EtcdException e) {
                            link.answer(() -> future.completeExceptionally(e), silence);
                            return;
                        }
                        link.answer(() -> future.complete(answer), silence);
                    },
                    silence);
            return future;
        }

        @Override
        public CompletableFuture<EtcdRange> range(EtcdRangeQuery query) {
            return call(() -> EtcdModel.this.range(query));
        }

        @Override
        public CompletableFuture<EtcdTxnAnswer> txn(EtcdTxn txn) {
            return call(() -> EtcdModel.this.txn(txn));
        }

        @Override
        public CompletableFuture<EtcdLease> grantLease(Duration timeToLive) {
            return call(() -> {
                if (full) {
                    throw new EtcdException(Kind.NO_SPACE, "mvcc: database space exceeded");
                }
                long nanos = timeToLive.toNanos();
                leases.put(++lastLease, new Lease(nanos, nanoClock.getAsLong() + nanos));
                return new EtcdLease(lastLease, timeToLive);
            });
        }

        @Override
        public CompletableFuture<Duration> keepAliveOnce(long leaseId) {
            return call(() -> {
                Lease lease = leases.get(leaseId);
                if (lease == null) {
                    throw new EtcdException(Kind.LEASE_NOT_FOUND, "requested lease not found");
                }
                lease.endsNanos = nanoClock.getAsLong() + lease.timeToLiveNanos;
                return Duration.ofNanos(lease.timeToLiveNanos);
            });
        }

        @Override
        public CompletableFuture<Void> revokeLease(long leaseId) {
            return call(() -> {
                end(leaseId);
                return null;
            });
        }

        @Override
        public CompletableFuture<Void> compact(long upTo) {
            return call(() -> {
                EtcdModel.this.compact(upTo);
                return null;
            });
        }

        @Override
        public CompletableFuture<EtcdHealth> health() {
            return call(() -> new EtcdHealth(
                    "model",
                    sizeBytes == 0 ? heldBytes() : sizeBytes,
                    usedBytes == 0 ? heldBytes() : usedBytes,
                    full ? List.of("NOSPACE") : List.of(),
                    foreign,
                    revision,
                    "model:1"));
        }

        @Override
        public CompletableFuture<Void> defragment() {
            return call(() -> {
                sizeBytes = usedBytes;
                return null;
            });
        }

        @Override
        public CompletableFuture<Void> disarm() {
            return call(() -> {
                full = false;
                return null;
            });
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
