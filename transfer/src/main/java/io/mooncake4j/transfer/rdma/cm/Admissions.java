package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is let in at a node, and what becomes of whom: a listener without its verbs. */
final class Admissions {
    private static final Logger LOG = LoggerFactory.getLogger(CmListener.class);

    private final TicketTable<IncomingLink> tickets = new TicketTable<>();
    private final Map<Long, IncomingLink> byHandle = new ConcurrentHashMap<>();

    private final LongAdder queuePairs;

    /** @param queuePairs counts those that there are, besides */
    Admissions(LongAdder queuePairs) {
        this.queuePairs = queuePairs;
    }

    TicketTable<IncomingLink> tickets() {
        return tickets;
    }

    /** How many queue pairs there are. */
    int size() {
        return byHandle.size();
    }

    void remember(IncomingId id, IncomingLink link) {
        if (byHandle.put(id.handle(), link) == null) {
            queuePairs.increment();
        }
    }

    void forget(IncomingId id) {
        if (byHandle.remove(id.handle()) != null) {
            queuePairs.decrement();
        }
    }

    /** A client asks for a queue pair. Takes over the id. */
    void requested(IncomingId id, byte[] privateData, long nowNanos) {
        ConnectRequest request = ConnectRequest.decode(privateData);
        if (request == null) {
            reject(id, Refusal.NOT_OURS);
            return;
        }
        IncomingLink link;
        try {
            link = tickets.claim(request.ticket(), request.index(), nowNanos);
        } catch (TicketTable.RefusedException e) {
            reject(id, e.why());
            return;
        }
        link.accept(id);
    }

    /** Whatever else happened to an id; one that is closed already is nobody's. */
    void happened(CmEvent event) {
        IncomingLink link = byHandle.get(event.id());
        if (link == null) {
            return;
        }
        switch (event.type()) {
            case ESTABLISHED -> link.established();
            case TIMEWAIT_EXIT, ADDR_CHANGE -> LOG.debug("{}", event);
            default -> link.lost("a queue pair has ended: " + event.type() + " (" + event.status() + ")");
        }
    }

    /** Nothing works any more: ends all sessions. */
    void loseAll(String why) {
        List.copyOf(byHandle.values()).forEach(link -> link.lost(why));
    }

    /** Says no and nothing more. */
    static void sayNo(IncomingId id, Refusal why) {
        try {
            id.reject(why.encode());
        } catch (IOException | RuntimeException e) {
            LOG.debug("rejecting failed: {}", e.getMessage());
        }
    }

    void reject(IncomingId id, Refusal why) {
        LOG.debug("a queue pair was refused: {}", why.text()); // anybody can ask for one
        sayNo(id, why);
        try {
            id.close();
        } catch (IOException e) {
            LOG.warn("a rejected connection can't be closed: {}", e.getMessage());
        }
    }
}
