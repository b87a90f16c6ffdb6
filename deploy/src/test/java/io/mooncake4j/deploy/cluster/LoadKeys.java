package io.mooncake4j.deploy.cluster;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/** The keys of a load and their versions. Safe for all threads. */
final class LoadKeys {
    private static final int SHARED_EVERY = 8;

    private final String prefix;
    private final int writers;
    /** The last version that anybody has tried to put. */
    private final AtomicLongArray issued;
    /** Versions up to this one are gone for good. */
    private final AtomicLongArray removed;

    /** @param prefix of the keys' names; other loads on the same store have another one */
    LoadKeys(String prefix, int count, int writers) {
        this.prefix = prefix;
        this.writers = writers;
        this.issued = new AtomicLongArray(count);
        this.removed = new AtomicLongArray(count);
    }

    String name(int key) {
        return name(prefix, key);
    }

    static String name(String prefix, int key) {
        return prefix + "/" + key;
    }

    int any() {
        return ThreadLocalRandom.current().nextInt(issued.length());
    }

    /** A key that the writer owns, or one that all writers share. */
    int forWriter(int writer) {
        while (true) {
            int key = any();
            if (shared(key) || key % writers == writer) {
                return key;
            }
        }
    }

    /** Whether more than one writer puts and removes it. */
    boolean shared(int key) {
        return key / writers % SHARED_EVERY == 0;
    }

    long issue(int key) {
        return issued.incrementAndGet(key);
    }

    long lastIssued(int key) {
        return issued.get(key);
    }

    /** A remove was answered, and no put of a version up to this one can still come to its end. */
    void removed(int key, long version) {
        removed.accumulateAndGet(key, version, Math::max);
    }

    long lastRemoved(int key) {
        return removed.get(key);
    }
}
