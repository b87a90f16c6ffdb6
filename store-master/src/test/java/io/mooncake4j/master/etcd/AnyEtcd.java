package io.mooncake4j.master.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Scanner;
import org.jspecify.annotations.Nullable;

/**
 * An etcd for tests that do it no harm and have a prefix of their own: the one that {@code -Dmooncake4j.etcd.endpoint=URL}
 * names, else one that is started.
 */
public final class AnyEtcd implements AutoCloseable {
    private static final String ENDPOINT = "mooncake4j.etcd.endpoint";

    private final URI endpoint;
    private final @Nullable EtcdProcess own;

    private AnyEtcd(URI endpoint, @Nullable EtcdProcess own) {
        this.endpoint = endpoint;
        this.own = own;
    }

    public static AnyEtcd open() {
        String given = System.getProperty(ENDPOINT, "");
        if (!given.isEmpty()) {
            return new AnyEtcd(URI.create(given), null);
        }
        EtcdProcess process = EtcdProcess.start();
        return new AnyEtcd(process.endpoint(), process);
    }

    /** Options of a client of it. */
    public EtcdOptions.Builder options() {
        return EtcdOptions.builder().endpoints(List.of(endpoint));
    }

    /** Of those that it shows without labels. */
    double metric(String name) {
        try (var lines = new Scanner(endpoint.resolve("/metrics").toURL().openStream(), StandardCharsets.UTF_8)) {
            return lines.useDelimiter("\n")
                    .tokens()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
