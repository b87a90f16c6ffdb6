package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.placement.Change;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Keeps a state up to date with a journal that somebody else writes. For one loop. */
public final class Follower {
    private final Etcd etcd;
    private final Loop loop;
    private final Found start;
    private long sequence;
    private int crc;
    /** Since {@link #catchUp} began, the entry that was applied last was found to be what it was. */
    private boolean continued;

    public Follower(Etcd etcd, Loop loop, Found found) {
        this.etcd = etcd;
        this.loop = loop;
        this.start = found;
        this.sequence = found.head().sequence();
        this.crc = found.head().crc();
    }

    /** The last record that was applied. */
    public long sequence() {
        return sequence;
    }

    /**
     * Applies what there is by now; one call at a time. Completes on the loop, with false if the journal doesn't go on where
     * this state ends: it was trimmed behind it, or etcd was restored from a backup and the journal has had another course
     * since. Then all is to be read anew. Fails with a FormatException or an EtcdException.
     */
    public CompletableFuture<Boolean> catchUp() {
        return etcd.range(EtcdRangeQuery.key(Keys.HEAD))
                .thenComposeAsync(
                        range -> {
                            Head head = head(range);
                            if (head.sequence() <= sequence) {
                                return CompletableFuture.completedFuture(isThis(head));
                            }
                            continued = sequence == 0;
                            return JournalPages.ofNow(etcd, loop).read(sequence, this::take);
                        },
                        loop);
    }

    /** A hint, as {@link Etcd#changed}, that there is more to apply, or another leader or none. To be cancelled. */
    public CompletableFuture<@Nullable Void> news(long sinceRevision) {
        return etcd.changed(List.of(Keys.LEADER, Keys.HEAD), sinceRevision);
    }

    private boolean isThis(Head head) {
        return head.sequence() == sequence && head.crc() == crc;
    }

    private boolean take(EtcdEntry value) {
        if (Keys.lastSequence(value.key()) == sequence) {
            continued = Envelope.crcOf(value.value()) == crc;
            return continued;
        }
        Entry entry = Entry.read(value.key(), value.value());
        if (!continued || entry.firstSequence() != sequence + 1) {
            return false;
        }
        apply(entry);
        return true;
    }

    private void apply(Entry entry) {
        long now = loop.nanoTime();
        long number = entry.firstSequence();
        for (Change change : entry.changes()) {
            start.state().apply(change, now);
            start.segments().apply(change, number);
            number++;
        }
        sequence = entry.lastSequence();
        crc = entry.crc();
    }

    /**
     * What a leader starts from, once it has the leader key and so nobody else writes. Completes on the loop; null if the
     * journal doesn't go on where this state ends.
     */
    public CompletableFuture<@Nullable Found> finish() {
        return catchUp()
                .thenComposeAsync(
                        complete -> {
                            if (!complete) {
                                return CompletableFuture.<@Nullable Found>completedFuture(null);
                            }
                            return etcd.range(EtcdRangeQuery.key(Keys.HEAD)).thenComposeAsync(this::finish, loop);
                        },
                        loop);
    }

    private CompletableFuture<@Nullable Found> finish(EtcdRange range) {
        Head head = head(range);
        long headRevision =
                range.entries().isEmpty() ? 0 : range.entries().get(0).modRevision();
        if (!isThis(head)) {
            throw new FormatException(
                    Keys.HEAD,
                    "it says that the journal ends at record " + head.sequence() + ", but it ends at " + sequence
                            + ": was etcd wiped or restored?");
        }
        EtcdRangeQuery names = new EtcdRangeQuery(Keys.BUCKETS, EtcdRangeQuery.endOf(Keys.BUCKETS), 0, 0, true);
        return etcd.range(names).thenApplyAsync(buckets -> found(head, headRevision, buckets.entries()), loop);
    }

    private static Head head(EtcdRange range) {
        return range.entries().isEmpty()
                ? Head.NONE
                : Head.decode(range.entries().get(0).value());
    }

    /** A bucket was written anew or split since the start; what it included then is still true. */
    private Found found(Head head, long headRevision, List<EtcdEntry> names) {
        Map<Bucket, Long> included = new HashMap<>();
        Set<Bucket> unfinished = new HashSet<>();
        for (EtcdEntry name : names) {
            Bucket bucket = Bucket.ofKey(name.key());
            Optional<Bucket> whole = bucket.whole(included.keySet());
            if (whole.isPresent()) {
                unfinished.add(whole.get());
                continue;
            }
            Bucket before = Bucket.of(bucket.bits(), start.buckets().keySet());
            included.put(bucket, start.buckets().get(before));
        }
        Bucket.addMissing(included);
        return new Found(start.state(), start.segments(), head, headRevision, included, unfinished, start.sinceNanos());
    }
}
