package io.mooncake4j.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Addresses of pods, each another one of the loopback network, and their names, which Java looks up in a file instead of by
 * DNS ({@code jdk.net.hosts.file}).
 */
final class PodNetwork {
    private final Path hosts;
    private final Map<String, String> names = new HashMap<>();
    private final String network;
    private int last;

    PodNetwork(Path directory) {
        hosts = directory.resolve("hosts");
        ThreadLocalRandom random = ThreadLocalRandom.current();
        network = "127." + random.nextInt(16, 250) + "." + random.nextInt(1, 250) + ".";
        names.put("localhost", "127.0.0.1");
        write();
    }

    /** One that no pod had before. */
    synchronized String newAddress() {
        last++;
        return network + last;
    }

    /** From now on that name is that address. */
    synchronized void name(String name, String address) {
        names.put(name, address);
        write();
    }

    private synchronized void write() {
        try {
            Path next = hosts.resolveSibling("hosts.next");
            StringBuilder lines = new StringBuilder();
            names.forEach((name, address) ->
                    lines.append(address).append(' ').append(name).append('\n'));
            Files.writeString(next, lines);
            Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The flag for a JVM that is to look names up here. */
    String javaFlag() {
        return "-Djdk.net.hosts.file=" + hosts;
    }
}
