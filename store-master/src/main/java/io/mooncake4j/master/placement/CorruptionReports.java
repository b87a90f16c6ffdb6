package io.mooncake4j.master.placement;

import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas that readers found corrupt: the node reads each again under a lease of the master's, and one that is
 * really corrupt is dropped. Safe for all threads.
 */
public final class CorruptionReports {
    /** What the node is asked to read and compare. */
    public record Order(
            long id, UUID segmentId, Tenant tenant, byte[] key, long objectId, long checksum, Extent[] extents) {}

    private static final Logger LOG = LoggerFactory.getLogger(CorruptionReports.class);
    private static final int MAX_OPEN = 1024;

    private final MasterCore core;
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentHashMap<Long, Order> open = new ConcurrentHashMap<>();

    CorruptionReports(MasterCore core) {
        this.core = core;
    }

    /** Takes a reader's report; OBJECT_CHANGED if it is not about the current object. */
    public ErrorCode report(KeySlice key, long objectId, UUID segmentId, long nowNanos) {
        ObjectView object = new ObjectView();
        if (!core.reads().lease(key, objectId, object, core.readLeaseNanos(), nowNanos)) {
            return ErrorCode.OBJECT_NOT_FOUND;
        }
        if (object.id() != objectId) {
            return ErrorCode.OBJECT_CHANGED;
        }
        if (!Checksum.present(object.checksum())) {
            return ErrorCode.INVALID_PARAMS;
        }
        for (Replica replica : object.replicas()) {
            if (replica.segment().id().equals(segmentId)) {
                return order(key, object, replica);
            }
        }
        return ErrorCode.REPLICA_NOT_FOUND;
    }

    private ErrorCode order(KeySlice key, ObjectView object, Replica replica) {
        if (open.size() >= MAX_OPEN) {
            return ErrorCode.OVERLOADED;
        }
        UUID segmentId = replica.segment().id();
        for (Order order : open.values()) {
            if (order.objectId() == object.id() && order.segmentId().equals(segmentId)) {
                return ErrorCode.OK;
            }
        }
        long id = ids.incrementAndGet();
        core.counters.corruptionReports.increment();
        open.put(
                id,
                new Order(id, segmentId, key.tenant(), key.copy(), object.id(), object.checksum(), replica.extents()));
        return ErrorCode.OK;
    }

    /** The orders that the segment's node has not answered, each under a fresh lease. */
    public List<Order> ordersFor(Segment segment, long nowNanos) {
        if (open.isEmpty()) {
            return List.of();
        }
        List<Order> orders = new ArrayList<>();
        ObjectView object = new ObjectView();
        for (Order order : open.values()) {
            if (order.segmentId().equals(segment.id())) {
                if (!core.reads().lease(slice(order), order.objectId(), object, core.readLeaseNanos(), nowNanos)
                        || object.id() != order.objectId()) {
                    open.remove(order.id());
                } else {
                    orders.add(order);
                }
            }
        }
        return orders;
    }

    /** The node's answer to an order. */
    public void verified(Segment segment, long orderId, boolean intact, long nowNanos) {
        Order order = open.get(orderId);
        if (order == null || !order.segmentId().equals(segment.id())) {
            return;
        }
        open.remove(orderId);
        if (!intact) {
            core.counters.corruptReplicas.increment();
            LOG.warn("a replica of {} bytes on {} is corrupt and is dropped", bytes(order.extents()), segment.name());
            core.removals().dropReplica(slice(order), order.objectId(), segment, nowNanos);
        }
    }

    void forget(Segment segment) {
        open.values().removeIf(order -> order.segmentId().equals(segment.id()));
    }

    private static KeySlice slice(Order order) {
        return new KeySlice(order.tenant()).at(order.key(), 0, order.key().length);
    }

    private static long bytes(Extent[] extents) {
        long sum = 0;
        for (Extent extent : extents) {
            sum += extent.lengthBytes();
        }
        return sum;
    }
}
