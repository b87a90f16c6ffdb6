package io.mooncake4j.transfer.settings;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512}, {@code 64KB}, {@code 1.5GB}; units are powers of 1024, as in Mooncake. */
public final class ByteSize {
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s*(?:([kmgtKMGT])[iI]?)?[bB]?");
    private static final String UNITS = "kmgt";

    private ByteSize() {}

    /** Bytes of a size in text; refuses negative numbers, fractions of a byte and what does not fit a long. */
    public static long parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip());
        if (!matcher.matches()) {
            throw new SettingException("'" + text + "' is not a size; write for example 512, 64KB or 4GB");
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : 10 * (UNITS.indexOf(unit.toLowerCase(Locale.ROOT)) + 1);
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(1L << shift))
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new SettingException("'" + text + "' is not a whole number of bytes below 8 EB");
        }
    }

    /** The shortest exact form, such as {@code 64KB}; {@link #parse} reads it back. */
    public static String format(long bytes) {
        int unit = 0;
        long rest = bytes;
        while (unit < UNITS.length() && rest != 0 && rest % 1024 == 0) {
            rest /= 1024;
            unit++;
        }
        return unit == 0
                ? Long.toString(bytes)
                : rest + UNITS.substring(unit - 1, unit).toUpperCase(Locale.ROOT) + "B";
    }

    /** For people, rounded: {@code 1.5 GB}. */
    public static String rounded(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length()) {
            value /= 1024;
            unit++;
        }
        String digits = value == Math.rint(value) ? "%.0f" : "%.1f";
        return String.format(Locale.ROOT, digits, value)
                + (unit == 0 ? " B" : " " + Character.toUpperCase(UNITS.charAt(unit - 1)) + "B");
    }
}
