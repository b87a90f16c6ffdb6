package io.mooncake4j.master.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The objects whose keys' hashes end in some bits. One whose value becomes too large for a transaction is replaced by two
 * of one more bit.
 */
public record Bucket(int depth, long bits) {
    static final int FEWEST_BITS = 12;

    private static final int DIGITS = 3;
    private static final long LOWEST = (1 << FEWEST_BITS) - 1;

    static List<Bucket> all() {
        List<Bucket> all = new ArrayList<>(1 << FEWEST_BITS);
        for (int bits = 0; bits < 1 << FEWEST_BITS; bits++) {
            all.add(new Bucket(FEWEST_BITS, bits));
        }
        return all;
    }

    /** Completes the buckets that are in etcd by those that were never written, which include nothing. */
    static void addMissing(Map<Bucket, Long> written) {
        Set<Long> there = new HashSet<>();
        written.keySet().forEach(bucket -> there.add(bucket.bits() & LOWEST));
        for (Bucket bucket : all()) {
            if (!there.contains(bucket.bits())) {
                written.put(bucket, 0L);
            }
        }
    }

    /** The one of the buckets that has the hash. */
    static Bucket of(long hash, Set<Bucket> buckets) {
        for (int depth = FEWEST_BITS; depth < Long.SIZE; depth++) {
            Bucket bucket = new Bucket(depth, hash & (1L << depth) - 1);
            if (buckets.contains(bucket)) {
                return bucket;
            }
        }
        throw new IllegalStateException("no bucket has hash " + Long.toHexString(hash));
    }

    /** @throws FormatException if no bucket has this key */
    static Bucket ofKey(String key) {
        try {
            String name = key.substring(Keys.BUCKETS.length());
            long bits = Long.parseLong(name.substring(0, DIGITS), 16);
            for (int i = DIGITS; i < name.length(); i++) {
                bits |= name.charAt(i) == 'r' ? 1L << FEWEST_BITS + i - DIGITS : 0;
            }
            Bucket bucket = new Bucket(FEWEST_BITS + name.length() - DIGITS, bits);
            if (bucket.key().equals(key)) {
                return bucket;
            }
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new FormatException(key, "no bucket has this key");
        }
        throw new FormatException(key, "no bucket has this key");
    }

    /** Twelve bits as digits, and every further one as a letter. */
    String key() {
        StringBuilder key = new StringBuilder(Keys.BUCKETS);
        key.append(String.format("%03x", bits & LOWEST));
        for (int bit = FEWEST_BITS; bit < depth; bit++) {
            key.append((bits >>> bit & 1) == 0 ? 'l' : 'r');
        }
        return key.toString();
    }

    List<Bucket> halves() {
        return List.of(new Bucket(depth + 1, bits), new Bucket(depth + 1, bits | 1L << depth));
    }
}
