package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantRequest;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
    private final PutEnding ending;

    /** @param writings one for each key that is sent, in their order */
    PutFlow(ClientContext context, BatchKeys keys, List<Writing> writings, PutOptions options, Deadline deadline) {
        this.context = context;
        this.keys = keys;
        this.writings = writings;
        this.options = options.toProto();
        this.deadline = deadline;
        this.ending = new PutEnding(context, keys, deadline);
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
        Keys askedKeys = PutEnding.select(keys, asked);
        Tenure tenure = start(askedKeys, asked);
        if (tenure == null) {
            return;
        }
        List<Writing> granted = new ArrayList<>(asked.size());
        for (Writing writing : asked) {
            if (writing.step() == Writing.Step.GRANTED) {
                granted.add(writing);
            }
        }
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
    private @Nullable Tenure start(Keys askedKeys, List<Writing> asked) {
        PutStartRequest.Builder request = PutStartRequest.newBuilder()
                .setClient(context.clientIdProto)
                .setSequence(context.nextSequence())
                .setTenant(context.tenant)
                .setKeys(askedKeys)
                .setOptions(options);
        for (Writing writing : asked) {
            request.addSizes(writing.sizeBytes());
        }
        long sentNanos = System.nanoTime();
        PutStartResponse answer;
        Tenure.Terms terms;
        try {
            answer = context.master.call(Method.PUT_START, request.build(), PutStartResponse.parser(), deadline);
            BatchKeys.checkColumn(answer.getGrantIdsCount(), asked.size(), "grant_ids");
            terms = terms(sentNanos, answer.getGrantMs(), answer.getStatusList(), answer.getPlacements(), asked.size());
        } catch (StoreException e) {
            if (e.code() == ErrorCode.REQUEST_REVOKED) {
                // An earlier answer to it was lost, and all that it granted, if anything, has ended.
                asked.forEach(writing -> writing.note(e.code(), e.reason()));
                return null;
            }
            revokeRequest(request.getSequence());
            throw e;
        }
        for (int i = 0; i < asked.size(); i++) {
            asked.get(i)
                    .answered(
                            i,
                            answer.getStatus(i),
                            answer.getGrantIds(i),
                            terms.placements().replicaCount(i));
        }
        return new Tenure(terms, () -> renew(askedKeys, answer.getGrantIdsList()));
    }

    /** For a PutStart whose answer is not known: nothing was written under what it granted, or may yet grant. */
    private void revokeRequest(long sequence) {
        context.owed.revoke(PutRevokeRequest.newBuilder()
                .setClient(context.clientIdProto)
                .setTenant(context.tenant)
                .setSequence(sequence)
                .build());
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
        RenewGrantRequest request = RenewGrantRequest.newBuilder()
                .setClient(context.clientIdProto)
                .setTenant(context.tenant)
                .setKeys(renewed)
                .addAllGrantIds(grantIds)
                .build();
        long sentNanos = System.nanoTime();
        return context.master
                .callAsync(Method.RENEW_GRANT, request, RenewGrantResponse.parser())
                .thenApply(answer -> terms(
                        sentNanos,
                        answer.getGrantMs(),
                        answer.getStatusList(),
                        answer.getPlacements(),
                        grantIds.size()));
    }

    private Tenure.Terms terms(long sentNanos, int grantMs, List<Integer> status, Placements placements, int count) {
        BatchKeys.checkColumn(status.size(), count, "status");
        return new Tenure.Terms(
                sentNanos,
                TimeUnit.MILLISECONDS.toNanos(grantMs),
                status,
                PlacementTable.read(placements, count, AccessToken.Mode.WRITE, context.clientId));
    }
}
