package io.mooncake4j.master.journal;

/** The keys in etcd, below the cluster's prefix. */
public final class Keys {
    /** Who leads; attached to its lease. */
    public static final String LEADER = "leader";

    /** How far the journal goes. */
    static final String HEAD = "head";

    /** Segments and term, at the head. */
    static final String SEGMENTS = "segments";

    /** Format and cluster. */
    static final String META = "meta";

    /** Entries, by the number of their last record. */
    static final String JOURNAL = "journal/";

    static final String BUCKETS = "bucket/";

    private static final int DIGITS = 19;

    private Keys() {}

    static String entry(long lastSequence) {
        String digits = Long.toString(lastSequence);
        return JOURNAL + "0".repeat(DIGITS - digits.length()) + digits;
    }

    /** The number of an entry's last record, by its key. */
    static long lastSequence(String entryKey) {
        try {
            return Long.parseLong(entryKey.substring(JOURNAL.length()));
        } catch (NumberFormatException e) {
            throw new FormatException(entryKey, "a key of the journal ends in the number of a record");
        }
    }
}
