package io.mooncake4j.master.etcd;

import io.mooncake4j.transfer.debian.DebianPackage;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;

/**
 * How tests come by an etcd: the program that a property names or that is on the PATH, else the one of Debian's package,
 * fetched without root, else a container where a Docker engine answers. A property chooses the container before all.
 */
final class EtcdFinder {
    /** The program: {@code -Dmooncake4j.etcd=/path/of/etcd}. */
    static final String PROGRAM = "mooncake4j.etcd";
    /** Containers of this image, and no program: {@code -Dmooncake4j.etcd.image=quay.io/coreos/etcd:v3.4.37}. */
    static final String IMAGE = "mooncake4j.etcd.image";

    private static final String DEFAULT_IMAGE = "quay.io/coreos/etcd:v3.4.37";

    private EtcdFinder() {}

    /** @throws IllegalStateException if there is none; says how to get one */
    static EtcdLauncher launcher() {
        String image = System.getProperty(IMAGE, "");
        return image.isEmpty() ? Found.PROGRAM_OR_CONTAINER : new EtcdContainers(image);
    }

    /** Looked for once a JVM. */
    private static final class Found {
        static final EtcdLauncher PROGRAM_OR_CONTAINER = find();

        private static EtcdLauncher find() {
            try {
                Path program = DebianPackage.named("etcd-server").file(PROGRAM, "usr/bin/etcd");
                return new EtcdPrograms(program);
            } catch (IllegalStateException noProgram) {
                if (!System.getProperty(PROGRAM, "").isEmpty()
                        || !DockerClientFactory.instance().isDockerAvailable()) {
                    throw new IllegalStateException(
                            "No etcd to test with. Install Debian's etcd-server, or name a program by -D" + PROGRAM
                                    + "=/path/of/etcd, or start a Docker engine (and name an image by -D" + IMAGE
                                    + "=NAME:TAG). Cause: " + noProgram.getMessage(),
                            noProgram);
                }
                return new EtcdContainers(DEFAULT_IMAGE);
            }
        }
    }
}
