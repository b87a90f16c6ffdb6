/**
 * The verbs of RDMA: DiSNI's stateful calls on the path of the bytes, and natives of our own for all that DiSNI has not
 * (status and private data of rdma_cm events, reject, device limits, GIDs, lengths above 2 GiB, async events, moving a
 * queue pair to its error state) or does in a way that leaks (its event channel keeps every id it ever saw).
 *
 * <p>Objects stand for raw native ones. Each is used after its creator and before its owner closed it, and closed once
 * nothing made from it is open: memory regions, queue pairs and ids, then completion queues and protection domains.
 * A {@link io.mooncake4j.transfer.rdma.verbs.QueuePair} and a {@link io.mooncake4j.transfer.rdma.verbs.CompletionQueue}
 * have one user at a time; closing is for the same one. Everything begins with
 * {@link io.mooncake4j.transfer.rdma.verbs.RdmaLibrary#probe}: no other class may be touched where that says off.
 */
@NullMarked
package io.mooncake4j.transfer.rdma.verbs;

import org.jspecify.annotations.NullMarked;
