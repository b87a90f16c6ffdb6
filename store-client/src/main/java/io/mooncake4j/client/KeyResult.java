package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one key of a get, exists or remove.
 *
 * @param error OK unless FAILED
 * @param detail the cause of a failure, for people
 * @param sizeBytes the object's size; 0 if unknown
 * @param replicas how many copies could be read; 0 if unknown
 * @param value present exactly for a HIT: what the call delivers
 */
public record KeyResult<T>(
        Status status,
        ErrorCode error,
        String detail,
        long sizeBytes,
        int replicas,
        @Nullable T value) {

    /** Whether the object was there. */
    public enum Status {
        HIT,
        MISS,
        /** Nothing was learnt or delivered. */
        FAILED
    }

    static <T> KeyResult<T> hit(long sizeBytes, int replicas, T value) {
        return new KeyResult<>(Status.HIT, ErrorCode.OK, "", sizeBytes, replicas, value);
    }

    static <T> KeyResult<T> miss() {
        return new KeyResult<>(Status.MISS, ErrorCode.OK, "", 0, 0, null);
    }

    static <T> KeyResult<T> failed(ErrorCode error, String detail) {
        return new KeyResult<>(Status.FAILED, error, detail, 0, 0, null);
    }

    static <T> KeyResult<T> failed(StoreException e) {
        return failed(e.code(), e.reason());
    }

    public boolean isHit() {
        return status == Status.HIT;
    }

    /** Whether the same call may succeed later without a change by the caller. */
    public boolean retryable() {
        return error.retryable();
    }

    /**
     * The value of a hit, empty for a miss.
     *
     * @throws StoreException the failure
     */
    public Optional<T> orThrow() {
        if (status == Status.FAILED) {
            throw new StoreException(error, detail);
        }
        return Optional.ofNullable(value);
    }
}
