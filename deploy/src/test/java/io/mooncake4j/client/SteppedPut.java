package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.SegmentTransfer;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One put without threads: what {@link PutFlow} and {@link PutEnding} do between two waits is a step here, in the same
 * order. What is said to the master, what its answers mean, and what is decided about a key, about the time that is left and
 * about what goes into a wave is the client's own code: {@link PutMessages}, {@link Writing}, {@link Tenure},
 * {@link PlacementTable}, {@link Wave}.
 */
public final class SteppedPut {
    private final Surroundings around;
    private final SteppedClient client;
    private final PutMessages messages;
    private final List<Writing> writings = new ArrayList<>();
    private final PutOptions options;
    private final long deadlineNanos;
    private final Consumer<List<PutResult>> done;
    private final Map<TransferOp, Long> grants = new IdentityHashMap<>();
    private @Nullable SteppedBackoff backoff;
    private boolean over;

    /** @param keys distinct */
    SteppedPut(
            SteppedClient client,
            List<String> keys,
            List<byte[]> values,
            PutOptions options,
            long timeoutNanos,
            Consumer<List<PutResult>> done) {
        this.client = client;
        this.around = client.around;
        this.messages = new PutMessages(client.self, BatchKeys.of(keys));
        for (int i = 0; i < values.size(); i++) {
            writings.add(new Writing(i, new ValueBytes(ByteBuffer.wrap(values.get(i)))));
        }
        this.options = options;
        this.deadlineNanos = around.nowNanos() + timeoutNanos;
        this.done = done;
    }

    void begin() {
        next();
    }

    private void next() {
        List<Writing> pending = new ArrayList<>(writings);
        pending.removeIf(writing -> writing.step() == Writing.Step.ENDED);
        if (pending.isEmpty()) {
            finish();
        } else if (backoff == null) {
            backoff = new SteppedBackoff(around);
            putOnce(pending);
        } else {
            backoff.pause(deadlineNanos, () -> putOnce(pending), () -> {
                pending.forEach(Writing::fail);
                finish();
            });
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            List<PutResult> results = new ArrayList<>();
            writings.forEach(writing -> results.add(writing.result()));
            done.accept(results);
        }
    }

    /** As an exception that leaves {@link PutFlow#run}. */
    private void failAll(StoreException failure) {
        for (Writing writing : writings) {
            if (writing.step() != Writing.Step.ENDED) {
                writing.fail(failure);
            }
        }
        finish();
    }

    private void putOnce(List<Writing> asked) {
        Keys askedKeys = messages.select(asked);
        long sequence = around.nextSequence();
        long sentNanos = around.nowNanos();
        client.master.call(
                Method.PUT_START,
                messages.start(sequence, askedKeys, asked, options),
                PutStartResponse.parser(),
                deadlineNanos,
                answer -> started(asked, askedKeys, sentNanos, answer),
                failure -> {
                    if (failure.code() == ErrorCode.REQUEST_REVOKED) {
                        asked.forEach(writing -> writing.note(failure.code(), failure.reason()));
                        next();
                    } else {
                        client.owed.revoke(messages.revokeStart(sequence));
                        failAll(failure);
                    }
                });
    }

    private void started(List<Writing> asked, Keys askedKeys, long sentNanos, PutStartResponse answer) {
        Tenure.Terms terms = messages.terms(sentNanos, answer, asked.size());
        PutMessages.started(answer, terms, asked);
        List<Writing> granted = PutEnding.inStep(asked, Writing.Step.GRANTED);
        if (granted.isEmpty()) {
            next();
            return;
        }
        Tenure tenure = new Tenure(terms, () -> renew(askedKeys, answer.getGrantIdsList()));
        client.hold(tenure);
        wave(granted, tenure);
    }

    private void wave(List<Writing> granted, Tenure tenure) {
        Tenure.Terms terms = tenure.terms();
        Wave wave = new Wave(terms.placements(), SteppedClient.WAVE_BYTES, SteppedClient.OP_BYTES);
        List<Writing> inWave = new ArrayList<>(granted.size());
        grants.clear();
        for (Writing writing : granted) {
            if (writing.join(wave, terms, around.checksums())) {
                inWave.add(writing);
                for (SegmentTransfer transfer : wave.transfers()) {
                    transfer.ops().forEach(op -> grants.putIfAbsent(op, writing.grantId()));
                }
            }
        }
        if (inWave.isEmpty()) {
            end(granted, tenure);
            return;
        }
        Map<TransferOp, Long> owners = new IdentityHashMap<>(grants);
        long now = around.nowNanos();
        around.transfer(wave.transfers(), owners::get, now + (deadlineNanos - now) / 2, returned -> {
            for (Writing writing : inWave) {
                writing.settle(returned);
            }
            if (returned) {
                client.renewIfDueAndWait(tenure, deadlineNanos, () -> wave(granted, tenure));
            } else { // the exception leaves the call, which abandons what it holds
                close(granted, tenure);
                failAll(new StoreException(ErrorCode.TRANSFER_FAIL, "the engine failed"));
            }
        });
    }

    private void close(List<Writing> granted, Tenure tenure) {
        client.release(tenure);
        abandon(granted);
    }

    private void end(List<Writing> granted, Tenure tenure) {
        List<Writing> unplaced = new ArrayList<>();
        List<Writing> open = new ArrayList<>(granted.size());
        for (Writing writing : granted) {
            (writing.placed() == 0 ? unplaced : open).add(writing);
        }
        Runnable rest = () -> revoke(unplaced, () -> {
            close(granted, tenure);
            next();
        });
        Consumer<StoreException> broken = failure -> {
            close(granted, tenure);
            failAll(failure);
        };
        endOpen(open, new SteppedBackoff(around), rest, broken);
    }

    private void endOpen(List<Writing> open, SteppedBackoff pauses, Runnable rest, Consumer<StoreException> broken) {
        if (open.isEmpty()) {
            rest.run();
            return;
        }
        putEnd(open, () -> {
            open.removeIf(PutEnding::settled);
            if (open.isEmpty()) {
                rest.run();
                return;
            }
            pauses.pause(
                    deadlineNanos,
                    () -> askOutcome(
                            open,
                            () -> {
                                open.removeIf(PutEnding::settled);
                                endOpen(open, pauses, rest, broken);
                            },
                            broken),
                    rest);
        });
    }

    private void putEnd(List<Writing> open, Runnable then) {
        List<Writing> asked = List.copyOf(open);
        client.master.callOnce(
                Method.PUT_END,
                messages.end(asked),
                StatusResponse.parser(),
                deadlineNanos,
                answer -> revoke(PutMessages.ended(answer, asked, false), then),
                (failure, maybeDelivered) -> {
                    for (Writing writing : asked) {
                        writing.note(failure.code(), failure.reason());
                        if (maybeDelivered) {
                            writing.ending();
                        }
                    }
                    then.run();
                });
    }

    private void askOutcome(List<Writing> open, Runnable then, Consumer<StoreException> broken) {
        List<Writing> doubtful = PutEnding.inStep(open, Writing.Step.ENDING);
        if (doubtful.isEmpty()) {
            then.run();
            return;
        }
        client.master.call(
                Method.GRANT_OUTCOME,
                messages.outcome(doubtful),
                GrantOutcomeResponse.parser(),
                deadlineNanos,
                answer -> revoke(PutMessages.never(answer, doubtful), then),
                broken);
    }

    private void revoke(List<Writing> given, Runnable then) {
        if (given.isEmpty()) {
            then.run();
            return;
        }
        PutRevokeRequest request = messages.revoke(given);
        given.forEach(Writing::startAgain);
        client.master.call(
                Method.PUT_REVOKE, request, StatusResponse.parser(), deadlineNanos, answer -> then.run(), failure -> {
                    client.owed.revoke(request);
                    then.run();
                });
    }

    private void abandon(List<Writing> granted) {
        List<Writing> held = PutEnding.inStep(granted, Writing.Step.GRANTED);
        if (!held.isEmpty()) {
            client.owed.revoke(messages.revoke(held));
            held.forEach(Writing::startAgain);
        }
        List<Writing> doubtful = PutEnding.inStep(granted, Writing.Step.ENDING);
        if (!doubtful.isEmpty()) {
            client.owed.revokeIfNever(messages.outcome(doubtful), messages.revoke(doubtful));
        }
    }

    private CompletableFuture<Tenure.Terms> renew(Keys renewed, List<Long> grantIds) {
        long sentNanos = around.nowNanos();
        return client.master
                .callAsync(Method.RENEW_GRANT, messages.renew(renewed, grantIds), RenewGrantResponse.parser())
                .thenApply(answer -> messages.terms(sentNanos, answer, grantIds.size()));
    }
}
