package io.mooncake4j.master.journal;

/** What lies in etcd can't be read: damaged, foreign, or of a newer version. The message names the key and the way out. */
public final class FormatException extends RuntimeException {
    private static final String USUAL_WAY_OUT =
            "see all that is wrong by 'mooncake4j metadata check'; then restore etcd"
                    + " from a backup, or let the store begin anew, empty, by 'mooncake4j metadata reset'";

    private static final long serialVersionUID = 1;

    private final String key;
    private final String what;
    private final String wayOut;

    FormatException(String key, String what) {
        this(key, what, USUAL_WAY_OUT);
    }

    FormatException(String key, String what, String wayOut) {
        super("etcd key " + key + ": " + what + "; " + wayOut);
        this.key = key;
        this.what = what;
        this.wayOut = wayOut;
    }

    /** Below the prefix. */
    public String key() {
        return key;
    }

    public String what() {
        return what;
    }

    /** What an operator can do. */
    public String wayOut() {
        return wayOut;
    }
}
