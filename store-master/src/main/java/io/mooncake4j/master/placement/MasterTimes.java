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
        return new MasterTimes(
                Duration.ofSeconds(5).toNanos(),
                Duration.ofSeconds(10).toNanos(),
                Duration.ofSeconds(2).toNanos(),
                Duration.ofSeconds(10).toNanos(),
                Duration.ofSeconds(10).toNanos(),
                Duration.ofSeconds(30).toNanos(),
                Duration.ofMinutes(10).toNanos());
    }

    public MasterTimes withReadLease(Duration lease) {
        return new MasterTimes(
                lease.toNanos(),
                grantNanos,
                cutAfterLapseNanos,
                confirmCutNanos,
                suspectNanos,
                offlineNanos,
                dropNanos);
    }

    public MasterTimes withGrant(Duration grant) {
        return withGrant(grant, Duration.ofNanos(cutAfterLapseNanos), Duration.ofNanos(confirmCutNanos));
    }

    public MasterTimes withGrant(Duration grant, Duration cutAfterLapse, Duration confirmCut) {
        return new MasterTimes(
                readLeaseNanos,
                grant.toNanos(),
                cutAfterLapse.toNanos(),
                confirmCut.toNanos(),
                suspectNanos,
                offlineNanos,
                dropNanos);
    }

    public MasterTimes withSilence(Duration suspect, Duration offline, Duration drop) {
        return new MasterTimes(
                readLeaseNanos,
                grantNanos,
                cutAfterLapseNanos,
                confirmCutNanos,
                suspect.toNanos(),
                offline.toNanos(),
                drop.toNanos());
    }
}
