package io.mooncake4j.transfer.rdma.verbs;

/**
 * An event of rdma_cm, acknowledged already.
 *
 * @param status 0, a negative errno, or of {@link CmEventType#REJECTED} the transport's reason
 * @param id the {@link CmId#handle} it is about; of {@link CmEventType#CONNECT_REQUEST} a new one, which the receiver
 *     owns and closes ({@link CmId#ofEvent})
 * @param listenId the listener's handle of a connect request, else 0
 * @param privateData the peer's, owned by the event; RoCE pads it with zeros to its full length
 */
public record CmEvent(CmEventType type, int status, long id, long listenId, byte[] privateData) {}
