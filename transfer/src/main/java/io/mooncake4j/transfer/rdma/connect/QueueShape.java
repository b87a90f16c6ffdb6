package io.mooncake4j.transfer.rdma.connect;

import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.ProtectionDomain;

/**
 * What queue pairs are made of and for.
 *
 * @param cq for what is sent and received; outlives them
 * @param sendDepth work requests outstanding at most
 * @param recvDepth receives posted at most
 * @param inlineBytes wanted
 */
public record QueueShape(ProtectionDomain pd, CompletionQueue cq, int sendDepth, int recvDepth, int inlineBytes) {
    /** Some devices refuse none at all. */
    public static final int UNUSED_DEPTH = 1;

    /** Of queue pairs that nothing is received by. */
    public static QueueShape sending(ProtectionDomain pd, CompletionQueue cq, int depth, int inlineBytes) {
        return new QueueShape(pd, cq, depth, UNUSED_DEPTH, inlineBytes);
    }

    /** Of queue pairs on which nothing is ever posted. */
    public static QueueShape serving(ProtectionDomain pd, CompletionQueue cq) {
        return new QueueShape(pd, cq, UNUSED_DEPTH, UNUSED_DEPTH, 0);
    }
}
