package io.mooncake4j.transfer.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 200us}, {@code 500ms}, {@code 10s}, {@code 30m}, {@code 24h}. A bare number has no unit and is refused. */
public final class DurationText {
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,11})\\s*(us|ms|s|m|h)|0");
    private static final Duration LONGEST = Duration.ofDays(3660);

    private DurationText() {}

    public static Duration parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new SettingException("'" + text + "' is not a duration; write for example 500ms, 10s, 30m or 24h");
        }
        if (matcher.group(1) == null) {
            return Duration.ZERO;
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "us" -> Duration.of(number, ChronoUnit.MICROS);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (duration.compareTo(LONGEST) > 0) {
            throw new SettingException("'" + text + "' is longer than ten years");
        }
        return duration;
    }

    /** The shortest exact form, in whole microseconds; {@link #parse} reads it back. */
    public static String format(Duration duration) {
        long micros = duration.toNanos() / 1000;
        if (micros % 1000 != 0) {
            return micros + "us";
        }
        long millis = micros / 1000;
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 3600 == 0 && seconds != 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 && seconds != 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
