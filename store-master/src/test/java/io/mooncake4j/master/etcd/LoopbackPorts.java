package io.mooncake4j.master.etcd;

import io.mooncake4j.transfer.engine.ReservedPort;
import java.util.ArrayList;
import java.util.List;

/** Ports for servers that can't take any free one by themselves: theirs until this JVM ends, also while they are down. */
final class LoopbackPorts {
    private static final List<ReservedPort> GIVEN = new ArrayList<>();

    private LoopbackPorts() {}

    static synchronized int free() {
        ReservedPort port = new ReservedPort();
        GIVEN.add(port);
        return port.number();
    }
}
