package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One get without threads: what {@link GetFlow} does between two waits is a step here, in the same order. What is said to
 * the master, what its answers mean, and what is decided about a key, about leases and about what goes into a wave is the
 * client's own code: {@link GetMessages}, {@link Reading}, {@link Tenure}, {@link PlacementTable}, {@link Wave},
 * {@link AvoidedSegments}, {@link Suspicions}.
 */
public final class SteppedGet {
    private final Surroundings around;
    private final SteppedClient client;
    private final GetMessages<byte[]> messages;
    private final List<Reading<byte[]>> readings = new ArrayList<>();
    private final long deadlineNanos;
    private final Consumer<List<KeyResult<byte[]>>> done;
    private @Nullable SteppedBackoff backoff;
    private @Nullable Tenure tenure;
    private @Nullable ReplicasResponse promised;

    /** @param keys distinct */
    SteppedGet(SteppedClient client, List<String> keys, long timeoutNanos, Consumer<List<KeyResult<byte[]>>> done) {
        this.client = client;
        this.around = client.around;
        this.messages = new GetMessages<>(client.self, BatchKeys.of(keys));
        for (int i = 0; i < keys.size(); i++) {
            readings.add(new Reading<>(i, new Target.Array(), around.checksums(), around.random()));
        }
        this.deadlineNanos = around.nowNanos() + timeoutNanos;
        this.done = done;
    }

    /** The first answer that the present leases come from; null while there is none. */
    public @Nullable ReplicasResponse promised() {
        return promised;
    }

    /** The end of the lease on a key of {@link #promised}, by this client's clock. */
    public long leaseEndNanos(int key) {
        Tenure now = tenure;
        return now == null ? Long.MIN_VALUE : now.endNanos(key);
    }

    /** Which objects the delivered bytes are of. */
    public long objectId(int key) {
        return readings.get(key).objectId();
    }

    void begin() {
        next();
    }

    private void next() {
        List<Reading<byte[]>> pending = new ArrayList<>(readings);
        pending.removeIf(reading -> reading.step() == Reading.Step.ENDED);
        if (pending.isEmpty()) {
            finish();
        } else if (backoff == null) {
            backoff = new SteppedBackoff(around);
            readOnce(pending);
        } else {
            backoff.pause(deadlineNanos, () -> readOnce(pending), () -> {
                pending.forEach(Reading::fail);
                finish();
            });
        }
    }

    private void finish() {
        List<KeyResult<byte[]>> results = new ArrayList<>();
        readings.forEach(reading -> results.add(reading.result()));
        done.accept(results);
    }

    private void failAll(StoreException failure) {
        for (Reading<byte[]> reading : readings) {
            if (reading.step() != Reading.Step.ENDED) {
                reading.fail(failure);
            }
        }
        finish();
    }

    private void readOnce(List<Reading<byte[]>> asked) {
        Keys askedKeys = messages.select(asked);
        long sentNanos = around.nowNanos();
        client.master.call(
                Method.GET_REPLICAS,
                messages.get(askedKeys),
                ReplicasResponse.parser(),
                deadlineNanos,
                answer -> answered(asked, askedKeys, sentNanos, answer),
                this::failAll);
    }

    private void answered(List<Reading<byte[]>> asked, Keys askedKeys, long sentNanos, ReplicasResponse answer) {
        Tenure.Terms terms = messages.terms(sentNanos, answer, asked.size());
        List<Reading<byte[]>> moving = messages.answered(answer, terms, asked);
        if (moving.isEmpty()) {
            next();
            return;
        }
        Tenure leases = new Tenure(terms, () -> renew(askedKeys, answer.getObjectIdsList()));
        tenure = leases;
        promised = answer;
        client.hold(leases);
        around.reading(this, true);
        wave(moving, leases);
    }

    private void wave(List<Reading<byte[]>> moving, Tenure leases) {
        Tenure.Terms terms = leases.terms();
        Wave wave = new Wave(terms.placements(), SteppedClient.WAVE_BYTES, SteppedClient.OP_BYTES);
        List<Reading<byte[]>> inWave = new ArrayList<>(moving.size());
        Map<TransferOp, Long> owners = new IdentityHashMap<>();
        for (Reading<byte[]> reading : moving) {
            if (reading.join(wave, terms, client.avoided, around.nowNanos())) {
                inWave.add(reading);
                for (SegmentTransfer transfer : wave.transfers()) {
                    transfer.ops().forEach(op -> owners.putIfAbsent(op, reading.objectId()));
                }
            }
        }
        if (inWave.isEmpty()) {
            settled(moving, inWave, leases);
        } else {
            long now = around.nowNanos();
            long until = now + GetFlow.tryNanos(deadlineNanos - now, wave, inWave);
            around.transfer(wave.transfers(), owners::get, until, returned -> settled(moving, inWave, leases));
        }
    }

    private void settled(List<Reading<byte[]>> moving, List<Reading<byte[]>> inWave, Tenure leases) {
        long now = around.nowNanos();
        for (Reading<byte[]> reading : inWave) {
            boolean held =
                    now - leases.endNanos(reading.slot()) < 0 || !around.rules().enforce(SafetyRule.LEASE_CHECK);
            if (!held) {
                around.leaseEnded();
            }
            reading.settle(held, client.avoided, now);
            if (reading.takeMismatch()) {
                mismatched(reading);
            }
        }
        moving.removeIf(reading -> reading.step() != Reading.Step.MOVING);
        if (moving.isEmpty()) {
            client.release(leases);
            around.reading(this, false);
            next();
        } else {
            client.renewIfDueAndWait(leases, deadlineNanos, () -> wave(moving, leases));
        }
    }

    private void mismatched(Reading<byte[]> reading) {
        around.mismatched(reading.objectId());
        UUID corrupt = reading.mismatchAt();
        if (corrupt != null && client.suspicions.confirms(reading.objectId(), corrupt)) {
            client.master.callOnce(
                    Method.REPORT_CORRUPT,
                    messages.reportCorrupt(reading, corrupt),
                    StatusResponse.parser(),
                    deadlineNanos,
                    answer -> {},
                    (failure, maybeDelivered) -> {});
        }
    }

    private CompletableFuture<Tenure.Terms> renew(Keys renewed, List<Long> objectIds) {
        long sentNanos = around.nowNanos();
        return client.master
                .callAsync(Method.RENEW_LEASE, messages.renew(renewed, objectIds), ReplicasResponse.parser())
                .thenApply(answer -> messages.terms(sentNanos, answer, objectIds.size()));
    }
}
