package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.verbs.VerbsException;

/**
 * Ports that rdma_cm draws from those that it gave away itself. iWARP over the kernel's TCP then finds some of them in use
 * by a TCP connection: another one is drawn.
 */
final class CmPorts {
    /** Each draws one of some ten thousand. */
    static final int TRIES = 8;

    private CmPorts() {}

    static boolean isTaken(VerbsException failure) {
        return failure.codeName().equals("EADDRINUSE");
    }
}
