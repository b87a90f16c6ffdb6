package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One put: asks for grants, writes every replica of what was granted, ends the grants, and only then waits for what was
 * refused or failed and asks again, until the deadline. Runs on the caller's thread.
 */
final class PutFlow {
    private final ClientContext context;
    private final BatchKeys keys;
    private final List<Writing> writings;
    private final io.mooncake4j.transfer.wire.proto.PutOptions options;
    private final Deadline deadline;
    private final PutMessages messages;
    private final PutEnding ending;

    /** @param writings one for each key that is sent, in their order */
    PutFlow(ClientContext context, BatchKeys keys, List<Writing> writings, PutOptions options, Deadline deadline) {
        this.context = context;
        this.keys = keys;
        this.writings = writings;
        this.options = options.toProto();
        this.deadline = deadline;
        this.messages = new PutMessages(context.self, keys);
        this.ending = new PutEnding(context, messages, deadline);
    }

    /** Returns when every key has ended. */
    void run() {
        try {
            for (int from = 0; from < writings.size(); ) {
                int end = keys.requestEnd(from, i -> writings.get(i).sizeBytes());
                putUntilEnded(writings.subList(from, end));
                from = end;
            }
        } catch (StoreException e) {
            for (Writing writing : writings) {
                if (writing.step() != Writing.Step.ENDED) {
                    writing.fail(e);
                }
            }
        }
    }

    private void putUntilEnded(List<Writing> all) {
        List<Writing> pending = new ArrayList<>(all);
        Backoff backoff = null;
        while (true) {
            pending.removeIf(writing -> writing.step() == Writing.Step.ENDED);
            if (pending.isEmpty()) {
                return;
            }
            if (backoff == null) {
                backoff = new Backoff();
            } else if (!backoff.pause(deadline)) {
                pending.forEach(Writing::fail);
                return;
            }
            putOnce(pending);
        }
    }

    /** One PutStart, and the whole life of the grants that it gave. */
    private void putOnce(List<Writing> asked) {
        Tenure tenure = start(asked);
        if (tenure == null) {
            return;
        }
        List<Writing> granted = PutEnding.inStep(asked, Writing.Step.GRANTED);
        if (granted.isEmpty()) {
            return;
        }
        context.renewals.add(tenure);
        try {
            transfer(granted, tenure);
            ending.end(granted);
        } finally {
            context.renewals.remove(tenure);
            ending.abandon(granted);
        }
    }

    /** Null: this start is over, and another one, under the next number, may follow. */
    private @Nullable Tenure start(List<Writing> asked) {
        Keys askedKeys = messages.select(asked);
        long sequence = context.nextSequence();
        PutStartRequest request = messages.start(sequence, askedKeys, asked, options);
        long sentNanos = System.nanoTime();
        PutStartResponse answer;
        Tenure.Terms terms;
        try {
            answer = context.master.call(Method.PUT_START, request, PutStartResponse.parser(), deadline);
            terms = messages.terms(sentNanos, answer, asked.size());
        } catch (StoreException e) {
            if (e.code() == ErrorCode.REQUEST_REVOKED) {
                // An earlier answer to it was lost, and all that it granted, if anything, has ended.
                asked.forEach(writing -> writing.note(e.code(), e.reason()));
                return null;
            }
            context.owed.revoke(messages.revokeStart(sequence));
            throw e;
        }
        PutMessages.started(answer, terms, asked);
        return new Tenure(terms, () -> renew(askedKeys, answer.getGrantIdsList()));
    }

    private void transfer(List<Writing> granted, Tenure tenure) {
        List<Writing> inWave = new ArrayList<>(granted.size());
        while (true) {
            Tenure.Terms terms = tenure.terms();
            Wave wave = new Wave(terms.placements());
            for (Writing writing : granted) {
                if (writing.join(wave, terms, context.checksums)) {
                    inWave.add(writing);
                }
            }
            if (inWave.isEmpty()) {
                return;
            }
            boolean returned = false;
            try {
                context.engine.run(wave.transfers(), tryDeadline());
                returned = true;
            } finally {
                for (Writing writing : inWave) {
                    writing.settle(returned);
                }
            }
            inWave.clear();
            tenure.renewIfDueAndWait(deadline);
        }
    }

    /** Half of the time is kept for the grant's end, and for another try when a node is silent. */
    private Deadline tryDeadline() {
        return Deadline.afterNanos(deadline.remainingNanos() / 2);
    }

    private CompletableFuture<Tenure.Terms> renew(Keys renewed, List<Long> grantIds) {
        long sentNanos = System.nanoTime();
        return context.master
                .callAsync(Method.RENEW_GRANT, messages.renew(renewed, grantIds), RenewGrantResponse.parser())
                .thenApply(answer -> messages.terms(sentNanos, answer, grantIds.size()));
    }
}
