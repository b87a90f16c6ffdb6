package io.mooncake4j.master.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/** Ports for servers that can't take any free one by themselves. None is handed out twice to this JVM. */
final class LoopbackPorts {
    private static final Set<Integer> GIVEN = new HashSet<>();

    private LoopbackPorts() {}

    static synchronized int free() {
        try {
            while (true) {
                try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    if (GIVEN.add(socket.getLocalPort())) {
                        return socket.getLocalPort();
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
