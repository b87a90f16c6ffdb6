package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import io.mooncake4j.transfer.wire.proto.VerifyOrder;
import io.mooncake4j.transfer.wire.proto.VerifyResult;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one master ordered for one incarnation of the memory, and what is to be reported to it. Results of another
 * master's or incarnation's orders never get in here: generations and order ids are that master's. Orders are given on
 * one thread and come to their end on any.
 */
final class NodeOrders {
    private static final Logger LOG = LoggerFactory.getLogger(StorageNode.class);

    private final SessionTable sessions;
    private final Regions regions;
    private final Executor verifier;
    private final ReplicaChecks checks;
    private final Runnable news;
    private final Set<SessionCut> cutting = ConcurrentHashMap.newKeySet();
    /** What is to be reported, in the order in which it came to its end. */
    private final Set<SessionCut> confirmed = new LinkedHashSet<>();

    private final Set<Long> verifying = ConcurrentHashMap.newKeySet();
    private final Set<VerifyResult> verified = new LinkedHashSet<>();

    NodeOrders(SessionTable sessions, Regions regions, Executor verifier, ReplicaChecks checks, Runnable news) {
        this.sessions = sessions;
        this.regions = regions;
        this.verifier = verifier;
        this.checks = checks;
        this.news = news;
    }

    /** Starts a cut; one that goes on already is left alone. */
    void cut(SessionCut order) {
        if (!cutting.add(order)) {
            return;
        }
        LOG.info("cutting sessions of client {} up to generation {}", Ids.of(order.getClient()), order.getGeneration());
        sessions.cut(Ids.of(order.getClient()), order.getGeneration()).whenComplete((done, failure) -> {
            if (failure == null) {
                report(confirmed, order);
            }
            cutting.remove(order);
            news.run();
        });
    }

    /** Starts a check; one that goes on already is left alone. */
    void verify(VerifyOrder order) {
        if (!verifying.add(order.getOrderId())) {
            return;
        }
        verifier.execute(() -> {
            boolean intact = isIntact(order);
            checks.ended(intact);
            LOG.info("replica check {}: {}", order.getOrderId(), intact ? "intact" : "not intact");
            report(
                    verified,
                    VerifyResult.newBuilder()
                            .setOrderId(order.getOrderId())
                            .setIntact(intact)
                            .build());
            verifying.remove(order.getOrderId());
            news.run();
        });
    }

    private boolean isIntact(VerifyOrder order) {
        try {
            return ReplicaCheck.intact(regions, order);
        } catch (InternalError e) { // the memory's file was cut short
            LOG.error("replica check {}: the memory can't be read", order.getOrderId(), e);
            return false;
        }
    }

    private synchronized <T> void report(Set<T> reports, T result) {
        reports.add(result);
    }

    synchronized boolean hasNews() {
        return !confirmed.isEmpty() || !verified.isEmpty();
    }

    synchronized void report(PingRequest.Builder ping) {
        ping.addAllConfirmed(confirmed).addAllVerified(verified);
    }

    /** The master has the reports of this ping. */
    synchronized void reported(PingRequest ping) {
        ping.getConfirmedList().forEach(confirmed::remove);
        ping.getVerifiedList().forEach(verified::remove);
    }
}
