package io.mooncake4j.master.service;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.charset.StandardCharsets;

/** A user's RE2 pattern for keys: what would take much memory, or never end, is refused. Safe for all threads. */
final class KeyPattern {
    private static final int MAX_CHARS = 4096;
    private static final long MAX_INSTRUCTIONS = 10_000;
    private static final Pattern IGNORES_CASE = Pattern.compile("\\(\\?[msU-]*i");

    private final Pattern pattern;

    private KeyPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws StoreException INVALID_PARAMS, saying what is wrong with it */
    static KeyPattern compile(String regex) {
        check(regex);
        try {
            return new KeyPattern(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "not an RE2 regular expression (no look-around, no back-references): " + e.getMessage(),
                    e);
        } catch (StackOverflowError e) {
            throw tooDeep(e);
        }
    }

    private static void check(String regex) {
        if (regex.length() > MAX_CHARS) {
            throw refused("a regex has at most " + MAX_CHARS + " characters");
        }
        long instructions = RegexSize.instructions(regex);
        if (instructions > MAX_INSTRUCTIONS) {
            throw refused("the regex is too large: with its counted repetitions unrolled it has about " + instructions
                    + " steps, and at most " + MAX_INSTRUCTIONS
                    + " are allowed; use smaller counts or nest fewer of them");
        }
        // the library never finds the end of the case variants of a few characters, such as U+1C80
        boolean beyondAscii = regex.chars().anyMatch(c -> c > 0x7F) || regex.contains("\\x{");
        if (beyondAscii && IGNORES_CASE.matcher(regex).find()) {
            throw refused("a regex that ignores case, (?i), may hold ASCII characters only, and no \\x{...}; write the"
                    + " variants of others out");
        }
    }

    private static StoreException refused(String why) {
        return new StoreException(ErrorCode.INVALID_PARAMS, why);
    }

    private static StoreException tooDeep(StackOverflowError e) {
        return new StoreException(
                ErrorCode.INVALID_PARAMS, "the regex nests too deeply; use smaller counts and fewer groups", e);
    }

    /**
     * Whether any part of a key matches; takes time that is linear in its length.
     *
     * @throws StoreException INVALID_PARAMS if that needs more of the stack than there is
     */
    boolean isFoundIn(byte[] key) {
        try {
            return pattern.matcher(new String(key, StandardCharsets.UTF_8)).find();
        } catch (StackOverflowError e) {
            throw tooDeep(e);
        }
    }

    /** The length of its program. */
    int programSize() {
        return pattern.programSize();
    }
}
