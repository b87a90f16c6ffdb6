package io.mooncake4j.transfer.vm;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Compiled classes, by name, in the directories of a class path. */
final class ClassesOfPath {
    private final List<Path> directories;

    private ClassesOfPath(List<Path> directories) {
        this.directories = directories;
    }

    static ClassesOfPath ofThisProcess() {
        return new ClassesOfPath(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::isDirectory)
                .toList());
    }

    /** Full names, sorted, of all whose simple name matches. */
    List<String> named(Pattern simpleName) {
        return directories.stream()
                .flatMap(each -> named(each, simpleName))
                .distinct()
                .sorted()
                .toList();
    }

    /** @param name simple, or full, which is the answer then */
    String fullName(String name) {
        if (name.indexOf('.') >= 0) {
            return name;
        }
        List<String> found = named(Pattern.compile(Pattern.quote(name)));
        if (found.size() != 1) {
            throw new IllegalArgumentException("Of the name " + name + " on the class path: " + found);
        }
        return found.get(0);
    }

    private static Stream<String> named(Path directory, Pattern simpleName) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files
                    .filter(each -> each.toString().endsWith(".class"))
                    .map(each -> directory.relativize(each).toString().replace(".class", ""))
                    .map(each -> each.replace(File.separatorChar, '.'))
                    .filter(each -> simpleName
                            .matcher(each.substring(each.lastIndexOf('.') + 1))
                            .matches())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
