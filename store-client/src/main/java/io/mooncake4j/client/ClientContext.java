package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.TransferEngine;
import io.mooncake4j.transfer.memory.BufferPool;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all calls of one client share. Safe for all threads. */
final class ClientContext {
    private static final Logger LOG = LoggerFactory.getLogger(ClientContext.class);

    final ClientIdentity self;
    final boolean checksums;
    final SafetyRules safety;
    final Master master;
    final TransferEngine engine;
    final OwedRevokes owed;
    final Renewals renewals;
    final Suspicions suspicions = new Suspicions();
    final AvoidedSegments avoided = new AvoidedSegments();
    final MismatchAlarm mismatches = new MismatchAlarm(LOG::warn);

    final RunningCalls running;
    private final LazyPool pool;
    private final AtomicLong sequences = new AtomicLong();

    ClientContext(
            String tenant,
            boolean checksums,
            SafetyRules safety,
            RunningCalls running,
            Master master,
            TransferEngine engine,
            LazyPool pool) {
        this.self = ClientIdentity.of(UUID.randomUUID(), tenant);
        this.checksums = checksums;
        this.safety = safety;
        this.running = running;
        this.master = master;
        this.owed = new OwedRevokes(master, running);
        this.renewals = new Renewals(owed::sweep);
        this.engine = engine;
        this.pool = pool;
    }

    /** The number of a PutStart, above 0. */
    long nextSequence() {
        return sequences.incrementAndGet();
    }

    /**
     * The buffers to lease, reserved at the first use.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INVALID_PARAMS if there isn't so much memory; CLOSED
     */
    BufferPool pool() {
        return pool.get();
    }

    /** Ends everything at once: calls that still run fail. Leased buffers stay good. */
    void close() {
        renewals.close();
        master.close();
        engine.close();
        pool.close();
    }
}
