package io.mooncake4j.transfer.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name by which clients and nodes of one machine know that they are neighbours, unless they are given another. */
public final class HostName {
    private static final String LOCAL = read();

    private HostName() {}

    /** This machine's, as its kernel tells it; empty if it doesn't. */
    public static String local() {
        return LOCAL;
    }

    private static String read() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
        } catch (IOException e) {
            return "";
        }
    }
}
