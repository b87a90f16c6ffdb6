package io.mooncake4j.deploy.copy;

import io.mooncake4j.transfer.wire.StoreException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A key and its file.
 *
 * @param refused why it can't be copied, if that is known before
 */
public record CopyItem(String key, Path file, @Nullable StoreException refused) {
    public CopyItem(String key, Path file) {
        this(key, file, null);
    }
}
