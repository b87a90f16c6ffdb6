package io.mooncake4j.master.etcd;

import io.mooncake4j.transfer.debian.DebianPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** etcd's own tool for operators: {@code -Dmooncake4j.etcdctl=/path/of/etcdctl}, or the one of Debian's package. */
final class EtcdCtl {
    private EtcdCtl() {}

    /** @throws IllegalStateException with what it printed, if it fails */
    static String run(Stream<String> arguments) {
        Path program = DebianPackage.named("etcd-client").file("mooncake4j.etcdctl", "usr/bin/etcdctl");
        List<String> command =
                Stream.concat(Stream.of(program.toString()), arguments).collect(Collectors.toList());
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("ETCDCTL_API", "3");
            Process process = builder.start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
