package io.mooncake4j.deploy.cli;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The wall clock, to be shown: nothing is decided or measured by it. */
final class TimeOfDay {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private TimeOfDay() {}

    /** Here and now, to the second. */
    static String clock() {
        return LocalTime.now(ZoneId.systemDefault()).format(CLOCK);
    }

    /** In ISO 8601, UTC, to the millisecond. */
    static String iso() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
