package io.mooncake4j.deploy.cluster;

import io.mooncake4j.transfer.debian.DebianPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** The wall clock of processes that start in its environment, put forward and back by libfaketime. No other clock is. */
public final class SteppedClock {
    private final Path library =
            DebianPackage.named("libfaketime").file("libfaketime", "usr/lib/*/faketime/libfaketimeMT.so.1");
    private final Path file;

    SteppedClock(Path directory) {
        file = directory.resolve("clock");
        setAheadBy(Duration.ZERO);
    }

    Map<String, String> environment() {
        // with the last one unset, every timed wait of a JVM returns at once
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    /** Deletes what the library left of a process that was killed. */
    static void clean(long pid) {
        try {
            Path shared = Path.of("/dev/shm");
            Files.deleteIfExists(shared.resolve("faketime_shm_" + pid));
            Files.deleteIfExists(shared.resolve("sem.faketime_sem_" + pid));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the processes' clock is so far ahead of this one's; behind, if negative. */
    public void setAheadBy(Duration offset) {
        try {
            Path next = Files.writeString(
                    file.resolveSibling("clock.next"), String.format(Locale.ROOT, "%+d\n", offset.toSeconds()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
