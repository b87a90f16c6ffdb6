package io.mooncake4j.client;

import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One get: asks for replicas, reads one of each key, checks lease and checksum, and asks again for what failed, until the
 * deadline. Runs on the caller's thread.
 */
final class GetFlow<T> {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** 20 MB/s. */
    private static final long PATIENCE_NANOS_PER_BYTE = 50;

    private final ClientContext context;
    private final BatchKeys keys;
    private final GetMessages<T> messages;
    private final List<Reading<T>> readings;
    private final Deadline deadline;

    /** @param readings one for each key that is sent, in their order */
    GetFlow(ClientContext context, BatchKeys keys, List<Reading<T>> readings, Deadline deadline) {
        this.context = context;
        this.keys = keys;
        this.messages = new GetMessages<>(context.self, keys);
        this.readings = readings;
        this.deadline = deadline;
    }

    /** Returns when every key has ended. */
    void run() {
        try {
            for (int from = 0; from < readings.size(); ) {
                int end = keys.requestEnd(from, i -> 0);
                readUntilEnded(readings.subList(from, end));
                from = end;
            }
        } catch (StoreException e) {
            for (Reading<T> reading : readings) {
                if (reading.step() != Reading.Step.ENDED) {
                    reading.fail(e);
                }
            }
        }
    }

    private void readUntilEnded(List<Reading<T>> all) {
        List<Reading<T>> pending = new ArrayList<>(all);
        Backoff backoff = null;
        while (true) {
            pending.removeIf(reading -> reading.step() == Reading.Step.ENDED);
            if (pending.isEmpty()) {
                return;
            }
            if (backoff == null) {
                backoff = new Backoff();
            } else if (!backoff.pause(deadline)) {
                pending.forEach(Reading::fail);
                return;
            }
            readOnce(pending);
        }
    }

    /** One answer of the master, and what can be read by it. */
    private void readOnce(List<Reading<T>> asked) {
        Keys askedKeys = messages.select(asked);
        long sentNanos = System.nanoTime();
        ReplicasResponse answer =
                context.master.call(Method.GET_REPLICAS, messages.get(askedKeys), ReplicasResponse.parser(), deadline);
        Tenure.Terms terms = messages.terms(sentNanos, answer, asked.size());
        List<Reading<T>> moving = messages.answered(answer, terms, asked);
        if (moving.isEmpty()) {
            return;
        }
        Tenure tenure = new Tenure(terms, () -> renew(askedKeys, answer.getObjectIdsList()));
        context.renewals.add(tenure);
        try {
            transfer(moving, tenure);
        } finally {
            context.renewals.remove(tenure);
        }
    }

    private void transfer(List<Reading<T>> moving, Tenure tenure) {
        List<Reading<T>> inWave = new ArrayList<>(moving.size());
        while (true) {
            Tenure.Terms terms = tenure.terms();
            Wave wave = new Wave(terms.placements());
            long startedNanos = System.nanoTime();
            for (Reading<T> reading : moving) {
                if (reading.join(wave, terms, context.avoided, startedNanos)) {
                    inWave.add(reading);
                }
            }
            if (!inWave.isEmpty()) {
                context.engine.run(
                        wave.transfers(), Deadline.afterNanos(tryNanos(deadline.remainingNanos(), wave, inWave)));
            }
            long now = System.nanoTime();
            for (Reading<T> reading : inWave) {
                boolean held =
                        now - tenure.endNanos(reading.slot()) < 0 || !context.safety.enforce(SafetyRule.LEASE_CHECK);
                reading.settle(held, context.avoided, now);
                if (!held) {
                    context.meters.leasesLapsed().increment();
                }
                if (reading.takeMismatch()) {
                    mismatched(reading, now);
                }
            }
            inWave.clear();
            moving.removeIf(reading -> reading.step() != Reading.Step.MOVING);
            if (moving.isEmpty()) {
                return;
            }
            tenure.renewIfDueAndWait(deadline);
        }
    }

    private void mismatched(Reading<T> reading, long nowNanos) {
        context.meters.replicaFailures().count(ErrorCode.CHECKSUM_MISMATCH);
        context.mismatches.raise(reading.objectId(), reading.detail(), nowNanos);
        UUID corrupt = reading.mismatchAt();
        if (corrupt != null && context.suspicions.confirms(reading.objectId(), corrupt)) {
            context.master.send(
                    Method.REPORT_CORRUPT, messages.reportCorrupt(reading, corrupt), StatusResponse.parser());
        }
    }

    /** Half of the time is kept for another try; more, where another replica can be read if a node is silent. */
    static <T> long tryNanos(long remainingNanos, Wave wave, List<Reading<T>> inWave) {
        long half = remainingNanos / 2;
        for (Reading<T> reading : inWave) {
            if (reading.hasAlternative()) {
                return Math.min(half, PATIENCE_NANOS + wave.bytes() * PATIENCE_NANOS_PER_BYTE);
            }
        }
        return half;
    }

    private CompletableFuture<Tenure.Terms> renew(Keys renewed, List<Long> objectIds) {
        long sentNanos = System.nanoTime();
        return context.master
                .callAsync(Method.RENEW_LEASE, messages.renew(renewed, objectIds), ReplicasResponse.parser())
                .thenApply(answer -> messages.terms(sentNanos, answer, objectIds.size()));
    }
}
