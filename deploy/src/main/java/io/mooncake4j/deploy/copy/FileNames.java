package io.mooncake4j.deploy.copy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which file below a directory belongs to a key. */
public final class FileNames {
    private FileNames() {}

    /** The key with its file, or with the reason why there can't be one. */
    public static CopyItem item(Path directory, String key, String prefix) {
        try {
            return new CopyItem(key, below(directory, key, prefix));
        } catch (StoreException e) {
            return new CopyItem(key, directory, e);
        }
    }

    /**
     * The file of what follows the prefix in the key; a slash right after the prefix is left out.
     *
     * @throws StoreException INVALID_KEY if that names no file below the directory
     */
    static Path below(Path directory, String key, String prefix) {
        String name = key.substring(prefix.length());
        if (!prefix.isEmpty() && !prefix.endsWith("/") && name.startsWith("/")) {
            name = name.substring(1);
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw noFile("'" + name + "' has an empty part, '.' or '..'", null);
            }
        }
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw noFile(e.getReason(), e);
        }
    }

    private static StoreException noFile(String why, @Nullable Throwable cause) {
        return new StoreException(
                ErrorCode.INVALID_KEY,
                "no file can be named after the key: " + why + "; get it by 'mooncake4j get KEY -o FILE'",
                cause);
    }
}
