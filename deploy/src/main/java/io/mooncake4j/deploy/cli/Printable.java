package io.mooncake4j.deploy.cli;

/** Text from elsewhere, such as keys, made fit for a terminal and for output by lines. */
final class Printable {
    private Printable() {}

    /** The same text; control characters and backslashes become escapes, such as {@code \\u001b}. */
    static String of(String text) {
        if (text.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\')) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (Character.isISOControl(c)) {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
