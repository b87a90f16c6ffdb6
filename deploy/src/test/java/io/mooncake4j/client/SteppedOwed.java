package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import org.jspecify.annotations.Nullable;

/** {@link OwedRevokes} without a thread. */
final class SteppedOwed {
    private static final long PATIENCE_NANOS = 15_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 500_000_000L;

    private final Surroundings around;
    private final SteppedMaster master;

    SteppedOwed(Surroundings around, SteppedMaster master) {
        this.around = around;
        this.master = master;
    }

    void revoke(PutRevokeRequest request) {
        new Debt(null, request).attempt();
    }

    void revokeIfNever(GrantOutcomeRequest question, PutRevokeRequest request) {
        new Debt(question, request).attempt();
    }

    private final class Debt {
        private final PutRevokeRequest revoke;
        private final long deadlineNanos = around.nowNanos() + PATIENCE_NANOS;
        private final SteppedBackoff backoff = new SteppedBackoff(around, LONGEST_PAUSE_NANOS);
        private @Nullable GrantOutcomeRequest question;

        Debt(@Nullable GrantOutcomeRequest question, PutRevokeRequest revoke) {
            this.question = question;
            this.revoke = revoke;
        }

        void attempt() {
            GrantOutcomeRequest asked = question;
            if (asked == null) {
                master.callOnce(
                        Method.PUT_REVOKE,
                        revoke,
                        StatusResponse.parser(),
                        deadlineNanos,
                        answer -> {},
                        (failure, maybeDelivered) -> failed(failure));
            } else {
                master.callOnce(
                        Method.GRANT_OUTCOME,
                        asked,
                        GrantOutcomeResponse.parser(),
                        deadlineNanos,
                        this::learnt,
                        (failure, maybeDelivered) -> failed(failure));
            }
        }

        private void learnt(GrantOutcomeResponse answer) {
            if (answer.getOutcomesList().contains(Outcome.OUTCOME_OPEN)) {
                later();
            } else if (answer.getOutcomesList().contains(Outcome.OUTCOME_NEVER)) {
                question = null;
                attempt();
            }
        }

        private void failed(StoreException failure) {
            if (Master.mayPass(failure)) {
                later();
            }
        }

        private void later() {
            backoff.pause(deadlineNanos, this::attempt, () -> {});
        }
    }
}
