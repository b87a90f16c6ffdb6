package io.mooncake4j.transfer.rdma.verbs;

/**
 * Where a queue pair's packets go and whose it takes.
 *
 * @param port of our device
 * @param gidIndex of our address
 * @param mtuBytes 256 to 4096, a power of two
 * @param peerNumber of the peer's queue pair
 * @param peerSequence number of the peer's first packet
 * @param peerLid 0 but on InfiniBand
 * @param peerGid 16 bytes
 * @param reads of the peer that are served at once
 */
public record Route(
        int port,
        int gidIndex,
        int mtuBytes,
        int peerNumber,
        int peerSequence,
        int peerLid,
        byte[] peerGid,
        int reads,
        int trafficClass,
        int serviceLevel) {}
