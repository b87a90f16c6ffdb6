package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.EtcdRange;
import io.mooncake4j.master.etcd.EtcdRangeQuery;
import io.mooncake4j.master.placement.Change;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is written to etcd, read by a test. */
public final class JournalSeam {
    private static final int PAGE = 256;

    /**
     * How far journal and buckets in etcd go, at one revision.
     *
     * @param firstRecord that the journal still has
     * @param head its last record
     * @param inAllBuckets the last record that every bucket includes; above 0 each has been written
     * @param term create-revision of the leader key; 0: nobody leads
     */
    public record Reach(long firstRecord, long head, long inAllBuckets, long term) {}

    private JournalSeam() {}

    public static Reach reach(Etcd etcd) {
        EtcdRange head = etcd.range(EtcdRangeQuery.key(Keys.HEAD)).join();
        long revision = head.revision();
        EtcdRange leader =
                etcd.range(EtcdRangeQuery.keyAt(Keys.LEADER, revision)).join();
        EtcdEntry first =
                page(etcd, Keys.JOURNAL, Keys.JOURNAL, 1, revision).entries().get(0);
        return new Reach(
                firstSequence(first.key(), first.value()),
                Head.decode(head.entries().get(0).value()).sequence(),
                inAllBuckets(etcd, revision),
                leader.entries().isEmpty() ? 0 : leader.entries().get(0).createRevision());
    }

    private static long inAllBuckets(Etcd etcd, long revision) {
        Map<Bucket, Long> buckets = new HashMap<>();
        String from = Keys.BUCKETS;
        boolean more = true;
        while (more) {
            EtcdRange page = page(etcd, from, Keys.BUCKETS, PAGE, revision);
            for (EtcdEntry entry : page.entries()) {
                if (Bucket.ofKey(entry.key()).whole(buckets.keySet()).isEmpty()) {
                    BucketValue.Header header = BucketValue.read(entry.key(), entry.value(), object -> {});
                    buckets.put(header.bucket(), header.sequence());
                }
                from = entry.key() + '\0';
            }
            more = page.more();
        }
        Bucket.addMissing(buckets);
        return Collections.min(buckets.values());
    }

    private static EtcdRange page(Etcd etcd, String from, String all, int limit, long revision) {
        return etcd.range(new EtcdRangeQuery(from, EtcdRangeQuery.endOf(all), limit, revision, false))
                .join();
    }

    public static boolean isEntry(String key) {
        return key.startsWith(Keys.JOURNAL);
    }

    public static boolean isBucket(String key) {
        return key.startsWith(Keys.BUCKETS);
    }

    /** The number of the first record of an entry. */
    public static long firstSequence(String key, byte[] entry) {
        return Entry.read(key, entry).firstSequence();
    }

    public static List<Change> records(String key, byte[] entry) {
        return Entry.read(key, entry).changes();
    }
}
