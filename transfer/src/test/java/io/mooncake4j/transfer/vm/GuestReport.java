package io.mooncake4j.transfer.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * What became of the tests of one JVM in the virtual machine.
 *
 * @param java the JVM's feature version
 * @param found tests, with every invocation of those that have parameters
 * @param skipped and aborted ones, or whole classes, each with the reason
 * @param failures of tests and of classes, each with its stack trace
 */
public record GuestReport(int java, int found, int passed, List<String> skipped, List<String> failures) {
    /** Whether there were tests, and all of them ran and passed. */
    public boolean allPassed() {
        return found > 0 && passed == found && skipped.isEmpty() && failures.isEmpty();
    }

    /** For people. */
    public String text() {
        StringBuilder text = new StringBuilder("Java ")
                .append(java)
                .append(": ")
                .append(found)
                .append(" tests found, ")
                .append(passed)
                .append(" passed, ")
                .append(skipped.size())
                .append(" skipped, ")
                .append(failures.size())
                .append(" failed");
        skipped.forEach(
                each -> text.append(System.lineSeparator()).append("SKIPPED ").append(each));
        failures.forEach(
                each -> text.append(System.lineSeparator()).append("FAILED ").append(each));
        return text.toString();
    }

    void write(Path file) throws IOException {
        Properties all = new Properties();
        all.setProperty("java", Integer.toString(java));
        all.setProperty("found", Integer.toString(found));
        all.setProperty("passed", Integer.toString(passed));
        put(all, "skipped", skipped);
        put(all, "failure", failures);
        try (var out = Files.newOutputStream(file)) {
            all.store(out, null);
        }
    }

    static GuestReport read(Path file) throws IOException {
        Properties all = new Properties();
        try (var in = Files.newInputStream(file)) {
            all.load(in);
        }
        return new GuestReport(
                number(all, "java"),
                number(all, "found"),
                number(all, "passed"),
                list(all, "skipped"),
                list(all, "failure"));
    }

    private static void put(Properties all, String name, List<String> texts) {
        all.setProperty(name, Integer.toString(texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            all.setProperty(name + "." + i, texts.get(i));
        }
    }

    private static int number(Properties all, String name) {
        return Integer.parseInt(all.getProperty(name));
    }

    private static List<String> list(Properties all, String name) {
        return IntStream.range(0, number(all, name))
                .mapToObj(i -> all.getProperty(name + "." + i))
                .toList();
    }
}
