package io.mooncake4j.deploy.cli;

import io.mooncake4j.transfer.settings.ByteSize;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Numbers as people read them. */
final class Figures {
    private Figures() {}

    /** Seconds and smaller units, three digits or so. */
    static String time(long nanos) {
        if (nanos < 1_000_000) {
            return format(nanos < 100_000 ? "%.1f µs" : "%.0f µs", nanos / 1e3);
        }
        return nanos < 1_000_000_000 ? format("%.1f ms", nanos / 1e6) : format("%.2f s", nanos / 1e9);
    }

    static String percentile(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? "-" : time(nanos.getValueAtPercentile(percentile));
    }

    /** 10^9 bytes a second. */
    static String rate(long bytes, long nanos) {
        return format("%.2f GB/s", nanos == 0 ? 0.0 : (double) bytes / nanos);
    }

    static String percent(long part, long whole) {
        return format("%.1f %%", whole == 0 ? 0.0 : 100.0 * part / whole);
    }

    /** Bytes in units of 1024, rounded. */
    static String size(long bytes) {
        return ByteSize.rounded(bytes);
    }

    /** The exact number, and rounded where that is shorter. */
    static String bytes(long bytes) {
        return count(bytes) + " bytes" + (bytes < 10_000 ? "" : " (" + size(bytes) + ")");
    }

    /** A time that passes, in its two largest units or so. */
    static String span(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 10) {
            return format("%.1f s", time.toMillis() / 1e3);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds < 86_400
                ? seconds / 3600 + " h " + seconds / 60 % 60 + " min"
                : seconds / 86_400 + " d " + seconds / 3600 % 24 + " h";
    }

    static String count(long number) {
        return format("%,d", number);
    }

    private static String format(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
