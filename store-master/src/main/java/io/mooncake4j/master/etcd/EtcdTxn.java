package io.mooncake4j.master.etcd;

import java.util.ArrayList;
import java.util.List;

/** Conditions, and what to do if all hold. Built by one thread; not changed after it was sent. */
public final class EtcdTxn {
    /** The key was created, or modified last, at just this revision; created at 0: it isn't there. */
    public record Condition(String key, Field field, long revision) {}

    /** Which of a key's revisions is compared. */
    public enum Field {
        CREATED,
        MODIFIED
    }

    /** One write. */
    public sealed interface Write {
        /** @param leaseId 0: none */
        record Put(String key, byte[] value, long leaseId) implements Write {}

        /** Deletes the keys in [from, end). */
        record Delete(String from, String end) implements Write {}
    }

    private final List<Condition> conditions = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final List<String> orElseRead = new ArrayList<>();

    public EtcdTxn ifCreatedAt(String key, long revision) {
        conditions.add(new Condition(key, Field.CREATED, revision));
        return this;
    }

    public EtcdTxn ifModifiedAt(String key, long revision) {
        conditions.add(new Condition(key, Field.MODIFIED, revision));
        return this;
    }

    public EtcdTxn ifAbsent(String key) {
        return ifCreatedAt(key, 0);
    }

    public EtcdTxn put(String key, byte[] value) {
        return put(key, value, 0);
    }

    public EtcdTxn put(String key, byte[] value, long leaseId) {
        writes.add(new Write.Put(key, value, leaseId));
        return this;
    }

    public EtcdTxn delete(String key) {
        return delete(key, key + '\0');
    }

    /** Deletes the keys in [from, end). */
    public EtcdTxn delete(String from, String end) {
        writes.add(new Write.Delete(from, end));
        return this;
    }

    /** Reads the key if the conditions don't hold. */
    public EtcdTxn orElseRead(String key) {
        orElseRead.add(key);
        return this;
    }

    public List<Condition> conditions() {
        return conditions;
    }

    public List<Write> writes() {
        return writes;
    }

    public List<String> orElseRead() {
        return orElseRead;
    }
}
