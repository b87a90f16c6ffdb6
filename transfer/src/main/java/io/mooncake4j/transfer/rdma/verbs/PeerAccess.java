package io.mooncake4j.transfer.rdma.verbs;

/** What peers may do with registered memory. Our own device may read and write all of it. */
public enum PeerAccess {
    NONE,
    /** iWARP wants this where a READ puts what it brings. */
    WRITE,
    READ_WRITE
}
