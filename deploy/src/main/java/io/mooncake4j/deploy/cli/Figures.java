package io.mooncake4j.deploy.cli;

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
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        String digits = value == Math.rint(value) ? "%.0f" : "%.1f";
        return format(digits, value) + new String[] {" B", " KB", " MB", " GB", " TB"}[unit];
    }

    static String count(long number) {
        return format("%,d", number);
    }

    private static String format(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
