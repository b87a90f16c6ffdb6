package io.mooncake4j.deploy.history;

import java.util.Locale;

/**
 * One call on one key, as its caller saw it. Times are of the monotonic clock, which all processes of a machine share.
 *
 * @param version of the value that was put or read; 0: of a removal, or nothing was read; negative: wrong bytes were read
 * @param error why the outcome isn't known; empty otherwise
 */
public record Operation(
        Kind kind, String key, long version, Outcome outcome, String error, long begunNanos, long endedNanos) {
    public enum Kind {
        PUT,
        REMOVE,
        READ
    }

    public enum Outcome {
        /** The put stored it, the removal was answered, the read found it. */
        DONE,
        /** The put found the key taken, the read found nothing. */
        NOTHING,
        /** It failed: it may have happened, or may happen yet. */
        UNKNOWN
    }

    /** One of a call that didn't fail. */
    public static Operation of(Kind kind, String key, long version, Outcome outcome, long begunNanos, long endedNanos) {
        return new Operation(kind, key, version, outcome, "", begunNanos, endedNanos);
    }

    public static Operation failed(
            Kind kind, String key, long version, String error, long begunNanos, long endedNanos) {
        return new Operation(kind, key, version, Outcome.UNKNOWN, error, begunNanos, endedNanos);
    }

    public boolean is(Kind wanted, Outcome wantedOutcome) {
        return kind == wanted && outcome == wantedOutcome;
    }

    public long tookNanos() {
        return endedNanos - begunNanos;
    }

    String line() {
        return String.join(
                " ",
                kind.name(),
                key,
                Long.toString(version),
                outcome.name(),
                Long.toString(begunNanos),
                Long.toString(endedNanos),
                error);
    }

    static Operation parse(String line) {
        String[] parts = line.split(" ", 7);
        return new Operation(
                Kind.valueOf(parts[0]),
                parts[1],
                Long.parseLong(parts[2]),
                Outcome.valueOf(parts[3]),
                parts[6],
                Long.parseLong(parts[4]),
                Long.parseLong(parts[5]));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s version %d %s%s from %.6f to %.6f s",
                kind,
                key,
                version,
                outcome,
                error.isEmpty() ? "" : " (" + error + ")",
                begunNanos / 1e9,
                endedNanos / 1e9);
    }
}
