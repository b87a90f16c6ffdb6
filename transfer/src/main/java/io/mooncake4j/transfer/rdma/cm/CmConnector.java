package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.cm.CmException.Kind;
import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import io.mooncake4j.transfer.rdma.verbs.CmEventType;
import io.mooncake4j.transfer.rdma.verbs.VerbsException;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Connects one queue pair step by step, on the calling thread. Leaves closing to its caller. */
final class CmConnector {
    /** An interrupt is noticed by then. */
    private static final int LOOK_MILLIS = 100;

    static final String NOBODY_LISTENS = ": rejected, nobody listens there; has the node restarted?";

    private final ConnectSteps steps;
    private final String way;
    private final Deadline deadline;

    /** @param way from where to where, for messages */
    CmConnector(ConnectSteps steps, String way, Deadline deadline) {
        this.steps = steps;
        this.way = way;
        this.deadline = deadline;
    }

    /**
     * Returns when the queue pair is established.
     *
     * @throws CmException if it isn't
     * @throws IOException if a call failed
     * @throws StoreException TRANSFER_FAIL if the thread is interrupted, whose flag stays
     */
    void connect(ConnectRequest request) throws IOException {
        steps.resolveAddress(leftMillis());
        await("finding the address", CmEventType.ADDR_RESOLVED);
        steps.resolveRoute(leftMillis());
        await("finding the route", CmEventType.ROUTE_RESOLVED);
        steps.createQueuePair();
        try {
            steps.connect(request.encode());
        } catch (VerbsException e) {
            throw refusedCall(e);
        }
        await("connecting", CmEventType.ESTABLISHED);
    }

    /** What siw says at once, since it connects within the call, others say by an event. */
    private IOException refusedCall(VerbsException e) {
        return switch (e.codeName()) {
            case "ECONNREFUSED" -> new CmException(Kind.REJECTED, way + NOBODY_LISTENS + ": " + e.getMessage());
            case "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT" ->
                new CmException(Kind.UNREACHABLE, way + ": the node doesn't answer by RDMA: " + e.getMessage());
            default -> e;
        };
    }

    private void await(String step, CmEventType wanted) throws IOException {
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreException(ErrorCode.TRANSFER_FAIL, way + ": interrupted while " + step);
            }
            if (deadline.expired()) {
                throw new CmException(
                        Kind.TIMED_OUT,
                        way + ": no answer before the deadline while " + step
                                + "; is the other device up, and does it speak the same protocol (RoCE or iWARP)?");
            }
            CmEvent event = steps.next(Math.min(LOOK_MILLIS, leftMillis()));
            if (event != null && event.type() == wanted) {
                return;
            }
            if (event != null) {
                throw failure(event, step);
            }
        }
    }

    private CmException failure(CmEvent event, String step) {
        int status = event.status();
        return switch (event.type()) {
            case ADDR_ERROR ->
                new CmException(
                        Kind.ADDRESS,
                        way + ": the address leads nowhere (" + status
                                + "); both devices need IPv4 addresses that reach each other");
            case ROUTE_ERROR ->
                new CmException(
                        Kind.ROUTE,
                        way + ": there is no route (" + status + "); do both devices belong to the same network?");
            case REJECTED -> rejected(event);
            case UNREACHABLE ->
                new CmException(
                        Kind.UNREACHABLE,
                        way + ": the node doesn't answer by RDMA (" + status
                                + "); does its device speak the same protocol, and do firewalls and security groups let"
                                + " it through (UDP 4791 for RoCE, TCP for iWARP)?");
            default -> new CmException(Kind.LOCAL, way + ": " + event.type() + " (" + status + ") while " + step);
        };
    }

    private CmException rejected(CmEvent event) {
        Refusal refusal = Refusal.decode(event.privateData());
        return new CmException(
                Kind.REJECTED,
                refusal == null
                        ? way + NOBODY_LISTENS + " (" + event.status() + ")"
                        : way + ": the node rejects the queue pair: " + refusal.text());
    }

    /** At least 1. */
    private int leftMillis() {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos());
        return (int) Math.max(1, Math.min(left, Integer.MAX_VALUE));
    }
}
