package io.mooncake4j.master.journal;

import io.mooncake4j.master.placement.Change;
import java.util.List;

/** What is written to etcd, read by a test. */
public final class JournalSeam {
    private JournalSeam() {}

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
