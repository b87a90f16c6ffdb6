package io.mooncake4j.master.journal;

/** What lies in etcd can't be read: damaged, foreign, or of a newer version. The message names the key and the way out. */
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FormatException(String key, String what) {
        super("etcd key " + key + ": " + what);
    }
}
