package io.mooncake4j.transfer.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How a setting's value reads and prints.
 *
 * @param unit what a value is, in one upper-case word, as help texts show it
 * @param range what values are allowed, for people; empty: all of that kind
 * @param words the only values there are; empty: too many to list
 * @param parser refuses with a {@link SettingException} that says what would be right
 */
public record SettingType<T>(
        String unit, String range, List<String> words, Function<String, T> parser, Function<T, String> printer) {
    public static final SettingType<String> TEXT = new SettingType<>("TEXT", text -> text, text -> text);
    public static final SettingType<Long> SIZE = new SettingType<>("SIZE", ByteSize::parse, ByteSize::format);
    public static final SettingType<Duration> DURATION =
            new SettingType<>("DURATION", DurationText::parse, DurationText::format);
    public static final SettingType<Boolean> SWITCH =
            new SettingType<>("on|off", "", List.of("on", "off"), SettingType::parseSwitch, on -> on ? "on" : "off");
    public static final SettingType<Integer> PORT = integer(0, 65535);
    /** A share above 0 and at most 1. */
    public static final SettingType<Double> RATIO = new SettingType<>(
            "RATIO", "above 0, at most 1", List.of(), SettingType::parseRatio, ratio -> Double.toString(ratio));

    /** Values of which every one is allowed that the parser takes. */
    public SettingType(String unit, Function<String, T> parser, Function<T, String> printer) {
        this(unit, "", List.of(), parser, printer);
    }

    /** Whole numbers from min to max, both included. */
    public static SettingType<Integer> integer(int min, int max) {
        return new SettingType<>(
                "N",
                min + " to " + max,
                List.of(),
                text -> parseInteger(text, min, max),
                number -> Integer.toString(number));
    }

    /** Durations from min to max, both included. */
    public static SettingType<Duration> duration(Duration min, Duration max) {
        return DURATION.where(
                value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                "a duration from ",
                DurationText.format(min) + " to " + DurationText.format(max));
    }

    /** Sizes of so many bytes or more. */
    public static SettingType<Long> sizeFrom(long minBytes) {
        return SIZE.where(bytes -> bytes >= minBytes, "a size of ", "at least " + ByteSize.format(minBytes));
    }

    /** Sizes from min to max bytes, both included. */
    public static SettingType<Long> size(long minBytes, long maxBytes) {
        return SIZE.where(
                bytes -> bytes >= minBytes && bytes <= maxBytes,
                "a size from ",
                ByteSize.format(minBytes) + " to " + ByteSize.format(maxBytes));
    }

    /** One word of a list. */
    public static SettingType<String> choice(String... words) {
        List<String> allowed = Arrays.asList(words);
        return new SettingType<>(
                String.join("|", words),
                "",
                allowed,
                text -> {
                    if (!allowed.contains(text)) {
                        throw new SettingException("'" + text + "' is not one of " + String.join(", ", words));
                    }
                    return text;
                },
                word -> word);
    }

    /** The same values under another name in help texts. */
    public SettingType<T> shownAs(String newUnit) {
        return new SettingType<>(newUnit, range, words, parser, printer);
    }

    private SettingType<T> where(Predicate<T> allowed, String kind, String newRange) {
        return new SettingType<>(
                unit,
                newRange,
                words,
                text -> {
                    T value = parser.apply(text);
                    if (!allowed.test(value)) {
                        throw new SettingException("'" + text + "' is not " + kind + newRange);
                    }
                    return value;
                },
                printer);
    }

    private static int parseInteger(String text, int min, int max) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new SettingException("'" + text + "' is not a whole number from " + min + " to " + max);
    }

    private static double parseRatio(String text) {
        try {
            double ratio = Double.parseDouble(text.strip());
            if (ratio > 0 && ratio <= 1) {
                return ratio;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new SettingException("'" + text + "' is not a ratio above 0 and at most 1, such as 0.9");
    }

    private static boolean parseSwitch(String text) {
        switch (text.strip().toLowerCase(java.util.Locale.ROOT)) {
            case "on", "true", "1", "yes":
                return true;
            case "off", "false", "0", "no":
                return false;
            default:
                throw new SettingException("'" + text + "' is neither on nor off");
        }
    }
}
