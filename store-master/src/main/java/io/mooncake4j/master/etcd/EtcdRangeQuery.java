package io.mooncake4j.master.etcd;

/**
 * The keys in [from, end).
 *
 * @param limit at most so many; 0: all
 * @param revision of the past; 0: the newest, linearizable
 * @param keysOnly leave values empty
 */
public record EtcdRangeQuery(String from, String end, int limit, long revision, boolean keysOnly) {
    private static final String AFTER_ASCII = "\u0080";

    /** One key, of now. */
    public static EtcdRangeQuery key(String key) {
        return keyAt(key, 0);
    }

    public static EtcdRangeQuery keyAt(String key, long revision) {
        return new EtcdRangeQuery(key, key + '\0', 1, revision, false);
    }

    /** All keys that start with the text; an empty one: all keys. */
    public static EtcdRangeQuery prefix(String prefix, long revision) {
        return new EtcdRangeQuery(prefix, endOf(prefix), 0, revision, false);
    }

    /** The first key after all that start with the text. */
    public static String endOf(String prefix) {
        if (prefix.isEmpty()) {
            return AFTER_ASCII;
        }
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    public EtcdRangeQuery limitedTo(int keys) {
        return new EtcdRangeQuery(from, end, keys, revision, keysOnly);
    }
}
