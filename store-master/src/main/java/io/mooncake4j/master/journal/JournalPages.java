package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Reads the journal page by page, the next one while this one is worked on. A page is bounded by its bytes: it has a few
 * entries, each of which may be large; or, after such a page of small ones, all of some thousand records, so that a journal
 * whose every commit had one record isn't read a few records at a time.
 */
final class JournalPages {
    private static final int FEW_ENTRIES = 16;
    /** A few hundred KiB, as records usually are. */
    private static final int MANY_RECORDS = 4096;

    private final Etcd etcd;
    private final Executor thread;
    private final long revision;
    /** How many records before it a page begins. */
    private final int overlap;

    private JournalPages(Etcd etcd, Executor thread, long revision, int overlap) {
        this.etcd = etcd;
        this.thread = thread;
        this.revision = revision;
        this.overlap = overlap;
    }

    /**
     * As it is at one revision.
     *
     * @param thread that does the work, one
     */
    static JournalPages at(long revision, Etcd etcd, Executor thread) {
        return new JournalPages(etcd, thread, revision, 0);
    }

    /**
     * As it is now, page by page. Every page begins with the entry before it, if that is there: so the taker sees whether it
     * still is the journal that it was.
     */
    static JournalPages ofNow(Etcd etcd, Executor thread) {
        return new JournalPages(etcd, thread, 0, 1);
    }

    /**
     * Shows every entry that ends behind the record, in order, until one isn't taken. Completes on the thread, with whether all
     * were taken; fails with what the taker throws, a FormatException or an EtcdException.
     */
    CompletableFuture<Boolean> read(long afterSequence, Predicate<EtcdEntry> taker) {
        return take(few(afterSequence), false, afterSequence, taker);
    }

    private CompletableFuture<EtcdRange> few(long after) {
        return range(after, EtcdRangeQuery.endOf(Keys.JOURNAL), FEW_ENTRIES);
    }

    private CompletableFuture<EtcdRange> many(long after) {
        return range(after, Keys.entry(after + 1 + MANY_RECORDS), 0);
    }

    private CompletableFuture<EtcdRange> range(long after, String end, int limit) {
        return etcd.range(new EtcdRangeQuery(Keys.entry(after + 1 - overlap), end, limit, revision, false));
    }

    private CompletableFuture<Boolean> take(
            CompletableFuture<EtcdRange> page, boolean many, long after, Predicate<EtcdEntry> taker) {
        return page.thenComposeAsync(
                range -> {
                    List<EtcdEntry> entries = range.entries();
                    if (!many && !range.more()) {
                        return CompletableFuture.completedFuture(takeAll(entries, taker));
                    }
                    long last = entries.isEmpty()
                            ? after
                            : Keys.lastSequence(entries.get(entries.size() - 1).key());
                    boolean small = (last - after) * FEW_ENTRIES < (long) entries.size() * MANY_RECORDS;
                    boolean nextMany = !many && small;
                    CompletableFuture<EtcdRange> next = nextMany ? many(last) : few(last);
                    return takeAll(entries, taker)
                            ? take(next, nextMany, last, taker)
                            : CompletableFuture.completedFuture(false);
                },
                thread);
    }

    private static boolean takeAll(List<EtcdEntry> entries, Predicate<EtcdEntry> taker) {
        for (EtcdEntry entry : entries) {
            if (!taker.test(entry)) {
                return false;
            }
        }
        return true;
    }
}
