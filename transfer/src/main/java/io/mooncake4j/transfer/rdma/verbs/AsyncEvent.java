package io.mooncake4j.transfer.rdma.verbs;

/**
 * An async event of a device, acknowledged already.
 *
 * @param type of {@code enum ibv_event_type}
 * @param text what libibverbs says about it
 * @param queuePair the number of the queue pair it is about, else 0
 */
public record AsyncEvent(int type, String text, int queuePair) {}
