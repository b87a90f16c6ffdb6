package io.mooncake4j.master.placement;

import java.time.Duration;

/** Every duration that the placement rules use, in nanoseconds. */
public record MasterTimes(
        long readLeaseNanos,
        long grantNanos,
        long cutAfterLapseNanos,
        long confirmCutNanos,
        long suspectNanos,
        long offlineNanos,
        long dropNanos) {

    /** The defaults of the design. */
    public static MasterTimes defaults() {
        return of(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10));
    }

    /** The durations that are settings; the others have one right value. */
    public static MasterTimes of(
            Duration readLease, Duration grant, Duration suspect, Duration offline, Duration dropped) {
        return new MasterTimes(
                readLease.toNanos(),
                grant.toNanos(),
                Duration.ofSeconds(2).toNanos(),
                Duration.ofSeconds(10).toNanos(),
                suspect.toNanos(),
                offline.toNanos(),
                dropped.toNanos());
    }
}
