package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The keys of one call: each valid one is sent once, in the order of first appearance. Immutable. */
final class BatchKeys {
    private static final int MAX_KEYS_PER_REQUEST = 1024;
    private static final int MAX_KEY_BYTES_PER_REQUEST = 1 << 20;
    private static final long MAX_VALUE_BYTES_PER_REQUEST = 256L << 20;

    private final KeyColumn column;
    private final int[] callersIndex;
    private final int[] sentIndex;
    private final @Nullable StoreException[] objections;

    private BatchKeys(KeyColumn column, int[] callersIndex, int[] sentIndex, @Nullable StoreException[] objections) {
        this.column = column;
        this.callersIndex = callersIndex;
        this.sentIndex = sentIndex;
        this.objections = objections;
    }

    static BatchKeys of(List<String> keys) {
        @Nullable StoreException[] objections = new StoreException[keys.size()];
        try {
            if (keys.size() == 1) {
                return new BatchKeys(KeyColumn.of(keys), new int[1], new int[1], objections);
            }
        } catch (StoreException e) {
            objections[0] = e;
        }
        List<String> distinct = new ArrayList<>(keys.size());
        int[] callersIndex = new int[keys.size()];
        int[] sentIndex = new int[keys.size()];
        Map<String, Integer> sent = new HashMap<>(keys.size() * 2);
        for (int i = 0; i < keys.size(); i++) {
            Integer before = sent.putIfAbsent(keys.get(i), distinct.size());
            if (before != null) {
                sentIndex[i] = before;
                continue;
            }
            objections[i] = objection(keys.get(i));
            if (objections[i] == null) {
                callersIndex[distinct.size()] = i;
                sentIndex[i] = distinct.size();
                distinct.add(keys.get(i));
            } else {
                sent.remove(keys.get(i)); // its duplicates are refused alike
            }
        }
        return new BatchKeys(
                KeyColumn.of(distinct), Arrays.copyOf(callersIndex, distinct.size()), sentIndex, objections);
    }

    private static @Nullable StoreException objection(String key) {
        int worstBytes = 3 * key.length();
        boolean surelyValid = worstBytes > 0 && worstBytes <= KeyColumn.MAX_KEY_BYTES && isAscii(key);
        if (surelyValid) {
            return null;
        }
        try {
            KeyColumn.of(List.of(key));
            return null;
        } catch (StoreException e) {
            return e;
        }
    }

    private static boolean isAscii(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    /** The keys to send. */
    KeyColumn column() {
        return column;
    }

    /** Where the caller first gave a key that is sent. */
    int callersIndex(int sent) {
        return callersIndex[sent];
    }

    /** Where the caller's key is among those that are sent, unless it is {@linkplain #objection refused}. */
    int sentIndex(int callers) {
        return sentIndex[callers];
    }

    /** Whether the caller gave the same key before. */
    boolean isDuplicate(int callers) {
        return callersIndex[sentIndex[callers]] != callers;
    }

    /** Why the caller's key is not sent; null: it is. */
    @Nullable
    StoreException objection(int callers) {
        return objections[callers];
    }

    /** The end of the run of keys, from one on, that go into one request. */
    int requestEnd(int from, IntToLongFunction valueBytes) {
        int keyBytes = 0;
        long bytes = 0;
        int end = from;
        while (end < column.count() && end - from < MAX_KEYS_PER_REQUEST) {
            keyBytes += column.length(end);
            bytes += valueBytes.applyAsLong(end);
            if (end > from && (keyBytes > MAX_KEY_BYTES_PER_REQUEST || bytes > MAX_VALUE_BYTES_PER_REQUEST)) {
                break;
            }
            end++;
        }
        return end;
    }

    /** The keys of some, in their order. */
    <T> Keys select(List<T> some, ToIntFunction<T> index) {
        int[] sent = new int[some.size()];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = index.applyAsInt(some.get(i));
        }
        return select(sent);
    }

    /** Some of the keys that are sent. */
    Keys select(int... sent) {
        boolean all = sent.length == column.count();
        for (int i = 0; all && i < sent.length; i++) {
            all = sent[i] == i;
        }
        return (all ? column : column.subset(sent)).toProto();
    }

    /** A run of the keys that are sent. */
    Keys range(int from, int end) {
        int[] sent = new int[end - from];
        Arrays.setAll(sent, i -> from + i);
        return select(sent);
    }

    /** @throws StoreException INTERNAL_ERROR if a column of an answer has another length than the question */
    static void checkColumn(int length, int keys, String name) {
        if (length != keys) {
            throw new StoreException(
                    ErrorCode.INTERNAL_ERROR,
                    "the master answered " + length + " entries of " + name + " about " + keys + " keys");
        }
    }
}
