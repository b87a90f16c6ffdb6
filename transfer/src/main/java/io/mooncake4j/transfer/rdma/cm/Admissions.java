package io.mooncake4j.transfer.rdma.cm;

import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is let in at a node, and what becomes of whom: a listener without its verbs. */
final class Admissions {
    private static final Logger LOG = LoggerFactory.getLogger(CmListener.class);

    private final TicketTable<IncomingLink> tickets = new TicketTable<>();
    private final Map<Long, IncomingLink> byHandle = new ConcurrentHashMap<>();

    TicketTable<IncomingLink> tickets() {
        return tickets;
    }

    /** How many queue pairs there are. */
    int size() {
        return byHandle.size();
    }

    void remember(IncomingId id, IncomingLink link) {
        byHandle.put(id.handle(), link);
    }

    void forget(IncomingId id) {
        byHandle.remove(id.handle());
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
        try {
            link.accept(id);
        } catch (IOException e) {
            LOG.warn("a client's queue pair can't be made: {}", e.getMessage());
            try {
                id.reject(Refusal.NO_RESOURCES.encode());
            } catch (IOException again) {
                LOG.debug("rejecting failed: {}", again.getMessage());
            }
            link.lost("a queue pair can't be made: " + e.getMessage()); // whose thread closes the id
        }
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

    void reject(IncomingId id, Refusal why) {
        LOG.info("a queue pair was refused: {}", why.text());
        try {
            id.reject(why.encode());
        } catch (IOException e) {
            LOG.debug("rejecting failed: {}", e.getMessage());
        }
        try {
            id.close();
        } catch (IOException e) {
            LOG.warn("a rejected connection can't be closed: {}", e.getMessage());
        }
    }
}
