package io.mooncake4j.master.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The objects whose keys' hashes end in some bits. One whose value becomes too large for a transaction is replaced by two
 * of one more bit.
 */
public record Bucket(int depth, long bits) {
    static final int FEWEST_BITS = 12;
    static final int MOST_BITS = 48;

    private static final int DIGITS = 3;
    private static final long LOWEST = (1 << FEWEST_BITS) - 1;

    static List<Bucket> all() {
        List<Bucket> all = new ArrayList<>(1 << FEWEST_BITS);
        for (int bits = 0; bits < 1 << FEWEST_BITS; bits++) {
            all.add(new Bucket(FEWEST_BITS, bits));
        }
        return all;
    }

    /**
     * Completes the buckets that are in etcd by those that were never written, which include nothing.
     *
     * @throws FormatException if a part of a bucket is missing
     */
    static void addMissing(Map<Bucket, Long> written) {
        Set<Long> there = new HashSet<>();
        Set<Bucket> split = new HashSet<>();
        for (Bucket bucket : written.keySet()) {
            there.add(bucket.bits() & LOWEST);
            for (int less = FEWEST_BITS; less < bucket.depth; less++) {
                split.add(bucket.cutTo(less));
            }
        }
        for (Bucket parent : split) {
            for (Bucket half : parent.halves()) {
                if (!written.containsKey(half) && !split.contains(half)) {
                    throw new FormatException(
                            half.key(), "it is missing, though the other half of its bucket is there");
                }
            }
        }
        for (Bucket bucket : all()) {
            if (!there.contains(bucket.bits())) {
                written.put(bucket, 0L);
            }
        }
    }

    /** The one of the buckets, which are complete, that has the hash. */
    static Bucket of(long hash, Set<Bucket> buckets) {
        return find(hash, buckets)
                .orElseThrow(() -> new IllegalStateException("no bucket has hash " + Long.toHexString(hash)));
    }

    static Optional<Bucket> find(long hash, Set<Bucket> buckets) {
        return new Bucket(MOST_BITS + 1, hash).whole(buckets);
    }

    boolean has(long hash) {
        return (hash & (1L << depth) - 1) == bits;
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

    /** What comes before the keys of all buckets that this one can be split into. */
    String firstPart() {
        return key() + 'l';
    }

    /** What comes after them. */
    String afterParts() {
        return key() + (char) ('r' + 1);
    }

    /** The one of the others that this is a part of. */
    Optional<Bucket> whole(Set<Bucket> others) {
        for (int less = FEWEST_BITS; less < depth; less++) {
            Bucket other = cutTo(less);
            if (others.contains(other)) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }

    private Bucket cutTo(int bits) {
        return new Bucket(bits, this.bits & (1L << bits) - 1);
    }

    List<Bucket> halves() {
        return List.of(new Bucket(depth + 1, bits), new Bucket(depth + 1, bits | 1L << depth));
    }
}
