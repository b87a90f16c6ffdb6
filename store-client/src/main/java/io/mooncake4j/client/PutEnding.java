package io.mooncake4j.client;

import io.mooncake4j.transfer.rpc.RpcException;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.List;

/** The end of write grants: committed by PutEnd, or given up by PutRevoke, each exactly as far as is known. */
final class PutEnding {
    private final ClientContext context;
    private final PutMessages messages;
    private final Deadline deadline;

    PutEnding(ClientContext context, PutMessages messages, Deadline deadline) {
        this.context = context;
        this.messages = messages;
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

    static boolean settled(Writing writing) {
        return writing.step() == Writing.Step.ENDED || writing.step() == Writing.Step.TO_START;
    }

    private void putEnd(List<Writing> open) {
        StatusResponse answer;
        try {
            answer = context.master.callOnce(Method.PUT_END, messages.end(open), StatusResponse.parser(), deadline);
            BatchKeys.checkColumn(answer.getStatusCount(), open.size(), "status");
        } catch (StoreException e) {
            boolean notDone = (e instanceof RpcException rpc && !rpc.maybeDelivered())
                    || (e.code() == ErrorCode.NOT_LEADER && NotLeader.nothingDone(e.reason()));
            for (Writing writing : open) {
                writing.note(e.code(), e.reason());
                if (!notDone) {
                    writing.ending();
                }
            }
            return;
        }
        List<Writing> lapsed = PutMessages.ended(answer, open, true);
        context.meters.leasesLapsed().add(lapsed.size());
        revoke(lapsed); // their extents wait for this
    }

    /** For puts whose PutEnd may have been carried out: only "never" lets one start again. */
    private void askOutcome(List<Writing> open) {
        List<Writing> doubtful = inStep(open, Writing.Step.ENDING);
        if (doubtful.isEmpty()) {
            return;
        }
        GrantOutcomeResponse answer = context.master.call(
                Method.GRANT_OUTCOME, messages.outcome(doubtful), GrantOutcomeResponse.parser(), deadline);
        revoke(PutMessages.never(answer, doubtful)); // ended, but if by lapse, their extents wait for this
    }

    /** Gives grants up, so that their keys may be started again. */
    private void revoke(List<Writing> given) {
        if (given.isEmpty()) {
            return;
        }
        PutRevokeRequest request = messages.revoke(given);
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
            context.owed.revoke(messages.revoke(held));
            held.forEach(Writing::startAgain);
        }
        List<Writing> doubtful = inStep(granted, Writing.Step.ENDING);
        if (!doubtful.isEmpty()) {
            context.owed.revokeIfNever(messages.outcome(doubtful), messages.revoke(doubtful));
        }
    }

    static List<Writing> inStep(List<Writing> all, Writing.Step step) {
        List<Writing> some = new ArrayList<>(all);
        some.removeIf(writing -> writing.step() != step);
        return some;
    }
}
