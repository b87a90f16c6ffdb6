package io.mooncake4j.client;

import io.mooncake4j.transfer.rpc.RpcException;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.List;

/** The end of write grants: committed by PutEnd, or given up by PutRevoke, each exactly as far as is known. */
final class PutEnding {
    private final ClientContext context;
    private final BatchKeys keys;
    private final Deadline deadline;

    PutEnding(ClientContext context, BatchKeys keys, Deadline deadline) {
        this.context = context;
        this.keys = keys;
        this.deadline = deadline;
    }

    /**
     * Commits what is placed and revokes the rest. Afterwards each key has ended or holds no grant, but for those that
     * the deadline left: they are for {@link #abandon}.
     */
    void end(List<Writing> granted) {
        List<Writing> unplaced = new ArrayList<>();
        List<Writing> open = new ArrayList<>(granted.size());
        for (Writing writing : granted) {
            (writing.placed() == 0 ? unplaced : open).add(writing);
        }
        Backoff backoff = null;
        while (!open.isEmpty()) {
            putEnd(open);
            open.removeIf(PutEnding::settled);
            if (open.isEmpty()) {
                break;
            }
            backoff = backoff == null ? new Backoff() : backoff;
            if (!backoff.pause(deadline)) {
                break;
            }
            askOutcome(open);
            open.removeIf(PutEnding::settled);
        }
        revoke(unplaced);
    }

    private static boolean settled(Writing writing) {
        return writing.step() == Writing.Step.ENDED || writing.step() == Writing.Step.TO_START;
    }

    private void putEnd(List<Writing> open) {
        PutEndRequest.Builder request = PutEndRequest.newBuilder()
                .setClient(context.clientIdProto)
                .setTenant(context.tenant)
                .setKeys(select(keys, open));
        for (Writing writing : open) {
            request.addGrantIds(writing.grantId());
            request.addPlaced(writing.placed());
            request.addUnanswered(writing.unanswered());
            request.addChecksums(writing.checksum());
        }
        StatusResponse answer;
        try {
            answer = context.master.callOnce(Method.PUT_END, request.build(), StatusResponse.parser(), deadline);
            BatchKeys.checkColumn(answer.getStatusCount(), open.size(), "status");
        } catch (StoreException e) {
            boolean neverSent = e instanceof RpcException rpc && !rpc.maybeDelivered();
            for (Writing writing : open) {
                writing.note(e.code(), e.reason());
                if (!neverSent) {
                    writing.ending();
                }
            }
            return;
        }
        List<Writing> lapsed = new ArrayList<>(0);
        for (int i = 0; i < open.size(); i++) {
            Writing writing = open.get(i);
            ErrorCode code = ErrorCode.of(answer.getStatus(i));
            switch (code) {
                case OK -> writing.stored();
                case OBJECT_ALREADY_EXISTS -> writing.existed();
                case GRANT_LAPSED -> {
                    writing.note(code, "the write grant had lapsed when the put was to be ended");
                    lapsed.add(writing);
                }
                default -> {
                    writing.note(code, "the master refused to end the put");
                    writing.ending();
                }
            }
        }
        revoke(lapsed);
    }

    /** For puts whose PutEnd may have been carried out: only "never" lets one start again. */
    private void askOutcome(List<Writing> open) {
        List<Writing> doubtful = inStep(open, Writing.Step.ENDING);
        if (doubtful.isEmpty()) {
            return;
        }
        GrantOutcomeResponse answer = context.master.call(
                Method.GRANT_OUTCOME, outcomeRequest(doubtful), GrantOutcomeResponse.parser(), deadline);
        BatchKeys.checkColumn(answer.getOutcomesCount(), doubtful.size(), "outcomes");
        List<Writing> never = new ArrayList<>(0);
        for (int i = 0; i < doubtful.size(); i++) {
            Writing writing = doubtful.get(i);
            switch (answer.getOutcomes(i)) {
                case OUTCOME_COMMITTED, OUTCOME_REMOVED -> writing.stored();
                case OUTCOME_NEVER -> never.add(writing);
                case OUTCOME_OPEN, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> {} // PutEnd again: it is idempotent
            }
        }
        revoke(never); // ended, but if by lapse, its extents wait for this
    }

    /** Gives grants up, so that their keys may be started again. */
    private void revoke(List<Writing> given) {
        if (given.isEmpty()) {
            return;
        }
        PutRevokeRequest request = revokeRequest(given);
        given.forEach(Writing::startAgain);
        try {
            context.master.call(Method.PUT_REVOKE, request, StatusResponse.parser(), deadline);
        } catch (StoreException e) {
            context.owed.revoke(request);
        }
    }

    /** Gives up, without waiting, the grants that are still held, and those whose PutEnd comes to nothing. */
    void abandon(List<Writing> granted) {
        List<Writing> held = inStep(granted, Writing.Step.GRANTED);
        if (!held.isEmpty()) {
            context.owed.revoke(revokeRequest(held));
            held.forEach(Writing::startAgain);
        }
        List<Writing> doubtful = inStep(granted, Writing.Step.ENDING);
        if (!doubtful.isEmpty()) {
            context.owed.revokeIfNever(outcomeRequest(doubtful), revokeRequest(doubtful));
        }
    }

    private static List<Writing> inStep(List<Writing> all, Writing.Step step) {
        List<Writing> some = new ArrayList<>(all);
        some.removeIf(writing -> writing.step() != step);
        return some;
    }

    private GrantOutcomeRequest outcomeRequest(List<Writing> doubtful) {
        GrantOutcomeRequest.Builder request =
                GrantOutcomeRequest.newBuilder().setTenant(context.tenant).setKeys(select(keys, doubtful));
        for (Writing writing : doubtful) {
            request.addGrantIds(writing.grantId());
        }
        return request.build();
    }

    private PutRevokeRequest revokeRequest(List<Writing> given) {
        PutRevokeRequest.Builder request = PutRevokeRequest.newBuilder()
                .setClient(context.clientIdProto)
                .setTenant(context.tenant)
                .setKeys(select(keys, given));
        for (Writing writing : given) {
            request.addGrantIds(writing.grantId());
            request.addUnanswered(writing.unanswered());
        }
        return request.build();
    }

    static Keys select(BatchKeys keys, List<Writing> some) {
        int[] indices = new int[some.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = some.get(i).index();
        }
        return keys.select(indices);
    }
}
