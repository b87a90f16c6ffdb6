package io.mooncake4j.helm;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chart's values as a table for its README: {@code values.yaml} read line by line, since a parser would drop the comments.
 * A key with comments above it is one row, and whatever is below it is its default.
 */
final class ValuesTable {
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");
    private static final Pattern COMMENT = Pattern.compile(" *# (.*)");
    private static final int INDENT = 2;

    private record Row(String name, Object value, String meaning) {
        @Override
        public String toString() {
            String shown = value == null || value.equals("") ? "" : "`" + json() + "`";
            return "| `" + name + "` | " + shown + " | " + meaning.replace("|", "\\|") + " |";
        }

        private String json() {
            return value instanceof String
                    ? value.toString()
                    : Serialization.asJson(value).replaceAll("\\s*\\n\\s*", " ");
        }
    }

    private final Map<String, Object> values;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> path = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();

    private ValuesTable(Map<String, Object> values) {
        this.values = values;
    }

    /** @throws IllegalStateException if a value has no comment */
    static String of(Path file) throws IOException {
        ValuesTable table = new ValuesTable(Values.read(file));
        Files.readAllLines(file).forEach(table::read);
        StringBuilder text = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
        table.rows.forEach(row -> text.append(row).append('\n'));
        return text.toString();
    }

    private void read(String line) {
        Matcher comment = COMMENT.matcher(line);
        Matcher key = KEY.matcher(line);
        if (comment.matches()) {
            comments.add(comment.group(1));
        } else if (key.matches()) {
            int depth = key.group(1).length() / INDENT;
            if (depth <= path.size()) {
                path.subList(depth, path.size()).clear();
                path.add(key.group(2));
                found();
            }
        } else if (line.isBlank()) {
            comments.clear();
        }
    }

    private void found() {
        String name = String.join(".", path);
        if (rows.stream().anyMatch(row -> name.startsWith(row.name() + "."))) {
            return; // part of a default
        }
        Object value = value();
        if (!comments.isEmpty()) {
            rows.add(new Row(name, value, String.join(" ", comments)));
            comments.clear();
        } else if (!(value instanceof Map<?, ?>)) {
            throw new IllegalStateException(name + " has no comment in values.yaml");
        }
    }

    private Object value() {
        Object value = values;
        for (String part : path) {
            value = ((Map<?, ?>) value).get(part);
        }
        return value;
    }
}
