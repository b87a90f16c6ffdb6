package io.mooncake4j.master.service;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large an RE2 pattern's program becomes, estimated before it is compiled, never much too low. The library unrolls
 * counted repetitions and lets them nest without limit: {@code ((a{1000}){1000}){1000}} would take all memory.
 */
final class RegexSize {
    private static final long ENOUGH = Long.MAX_VALUE >> 20;

    private final String regex;
    private final Deque<Group> outer = new ArrayDeque<>();
    private Group group = new Group();
    private int at;

    /** What stands between two parentheses. */
    private static final class Group {
        private long size;
        /** What a repetition that comes next repeats. */
        private long last;

        void add(long instructions) {
            size = Math.min(ENOUGH, size + last);
            last = instructions;
        }

        void repeat(long times) {
            last = Math.min(ENOUGH, (last + 1) * Math.max(1, times));
        }

        long total() {
            return size + last;
        }
    }

    private RegexSize(String regex) {
        this.regex = regex;
    }

    /** Of a pattern that may be malformed. */
    static long instructions(String regex) {
        RegexSize scan = new RegexSize(regex);
        while (scan.at < regex.length()) {
            scan.step();
        }
        long sum = scan.group.total();
        for (Group unclosed : scan.outer) {
            sum += unclosed.total();
        }
        return sum;
    }

    private void step() {
        char c = regex.charAt(at);
        switch (c) {
            case '\\' -> {
                if (regex.startsWith("\\Q", at)) {
                    quoted();
                } else {
                    skipEscape();
                    group.add(1);
                }
            }
            case '[' -> {
                skipClass();
                group.add(1);
            }
            case '(' -> open();
            case ')' -> close();
            case '{' -> counted();
            case '*', '+', '?' -> {
                group.repeat(1);
                at++;
            }
            default -> {
                group.add(1);
                at++;
            }
        }
    }

    private void quoted() {
        int end = regex.indexOf("\\E", at + 2);
        int literals = (end < 0 ? regex.length() : end) - at - 2;
        group.add(Math.max(0, literals - 1));
        group.add(1);
        at = end < 0 ? regex.length() : end + 2;
    }

    /** Behind one escape, such as {@code \d}, {@code \x{1F600}} or {@code \p{Greek}}. */
    private void skipEscape() {
        boolean braced =
                at + 2 < regex.length() && "xpP".indexOf(regex.charAt(at + 1)) >= 0 && regex.charAt(at + 2) == '{';
        int end = braced ? regex.indexOf('}', at) : -1;
        at = Math.min(regex.length(), end < 0 ? at + 2 : end + 1);
    }

    private void skipClass() {
        at++;
        if (at < regex.length() && regex.charAt(at) == '^') {
            at++;
        }
        for (int first = at; at < regex.length() && (regex.charAt(at) != ']' || at == first); ) {
            if (regex.charAt(at) == '\\') {
                skipEscape();
            } else {
                int named = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
                at = named < 0 ? at + 1 : named + 2;
            }
        }
        at++;
    }

    private void open() {
        if (!regex.startsWith("(?", at)) {
            at++;
            descend();
            return;
        }
        // (?P<name>…), (?<name>…) and (?flags:…) are groups, (?flags) is none
        at += 2;
        while (at < regex.length() && ":>)".indexOf(regex.charAt(at)) < 0) {
            at++;
        }
        if (at < regex.length() && regex.charAt(at) != ')') {
            descend();
        }
        at++;
    }

    private void descend() {
        outer.push(group);
        group = new Group();
    }

    private void close() {
        at++;
        if (!outer.isEmpty()) {
            long inner = group.total();
            group = outer.pop();
            group.add(inner + 2);
        }
    }

    /** A counted repetition, or a brace that stands for itself. */
    private void counted() {
        int min = at + 1;
        int minEnd = digitsEnd(min);
        boolean bounded = minEnd > min && minEnd < regex.length() && regex.charAt(minEnd) == ',';
        int max = bounded ? minEnd + 1 : min;
        int maxEnd = digitsEnd(max);
        if (minEnd == min || maxEnd >= regex.length() || regex.charAt(maxEnd) != '}') {
            group.add(1);
            at++;
            return;
        }
        group.repeat(Math.max(number(min, minEnd) + 1, number(max, maxEnd)));
        at = maxEnd + 1;
    }

    private int digitsEnd(int from) {
        int end = from;
        while (end < regex.length() && regex.charAt(end) >= '0' && regex.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** At most 1000, which is the library's own limit. */
    private int number(int from, int end) {
        return end == from ? 0 : end - from > 4 ? 1000 : Math.min(1000, Integer.parseInt(regex.substring(from, end)));
    }
}
