package io.mooncake4j.deploy.copy;

import org.jspecify.annotations.Nullable;

/**
 * What became of one item.
 *
 * @param sizeBytes 0 unless something was copied or was there
 * @param replicas copies written by a put; 0 otherwise
 * @param failure present exactly if it failed
 */
public record CopyResult(
        CopyItem item,
        Status status,
        long sizeBytes,
        int replicas,
        @Nullable Exception failure) {
    /** The end of it. */
    public enum Status {
        STORED,
        /** The key could be read before; its bytes stay. */
        EXISTED,
        FETCHED,
        NOT_FOUND,
        FAILED
    }

    static CopyResult failed(CopyItem item, Exception failure) {
        return new CopyResult(item, Status.FAILED, 0, 0, failure);
    }
}
