package io.mooncake4j.deploy.replay;

import java.util.Arrays;

/** Reads the few JSON shapes of a trace line, left to right, and skips values that nobody wants. */
final class JsonCursor {
    private static final int MAX_DEPTH = 32;

    private final String text;
    private int at;

    JsonCursor(String text) {
        this.text = text;
    }

    /** Skips white space; then consumes the character if it is next. */
    boolean accept(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    void expect(char wanted) throws TraceFormatException {
        if (!accept(wanted)) {
            throw wrong("'" + wanted + "'");
        }
    }

    void expectEnd() throws TraceFormatException {
        peek();
        if (at < text.length()) {
            throw wrong("the end of the line");
        }
    }

    /** A string without its quotes; escapes are kept as they are written. */
    String string() throws TraceFormatException {
        expect('"');
        int start = at;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length()) {
            at = text.length();
            throw wrong("'\"'");
        }
        return text.substring(start, at++);
    }

    /** A whole number that is not negative. */
    long wholeNumber() throws TraceFormatException {
        peek();
        int start = at;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
            at++;
        }
        char next = at < text.length() ? text.charAt(at) : 0;
        if (at == start || at - start > 18 || next == '.' || next == 'e' || next == 'E') {
            at = start;
            throw wrong("a whole number from 0 to 10^18");
        }
        return Long.parseLong(text, start, at, 10);
    }

    long[] wholeNumbers() throws TraceFormatException {
        expect('[');
        long[] numbers = new long[32];
        int count = 0;
        if (accept(']')) {
            return new long[0];
        }
        do {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, count * 2);
            }
            numbers[count++] = wholeNumber();
        } while (accept(','));
        expect(']');
        return Arrays.copyOf(numbers, count);
    }

    /** Any one value. */
    void skipValue() throws TraceFormatException {
        skipValue(0);
    }

    private void skipValue(int depth) throws TraceFormatException {
        if (depth > MAX_DEPTH) {
            throw wrong("less nesting");
        }
        switch (peek()) {
            case '"' -> string();
            case '[' -> skipMembers('[', ']', false, depth);
            case '{' -> skipMembers('{', '}', true, depth);
            default -> skipWord();
        }
    }

    private void skipMembers(char open, char close, boolean named, int depth) throws TraceFormatException {
        expect(open);
        if (accept(close)) {
            return;
        }
        do {
            if (named) {
                string();
                expect(':');
            }
            skipValue(depth + 1);
        } while (accept(','));
        expect(close);
    }

    private void skipWord() throws TraceFormatException {
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (at == start) {
            throw wrong("a value");
        }
    }

    /** The next character that is not white space, or 0 at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private TraceFormatException wrong(String wanted) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the line";
        return new TraceFormatException("column " + (at + 1) + ": expected " + wanted + ", found " + found);
    }
}
