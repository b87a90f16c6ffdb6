package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import org.jspecify.annotations.Nullable;

/** {@link OwedRevokes} without a thread. */
final class SteppedOwed {
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
        private final long deadlineNanos = around.nowNanos() + OwedRevokes.PATIENCE_NANOS;
        private final SteppedBackoff backoff = new SteppedBackoff(around, OwedRevokes.LONGEST_PAUSE_NANOS);
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
            switch (OwedRevokes.ofAll(answer.getOutcomesList())) {
                case OUTCOME_OPEN -> later();
                case OUTCOME_NEVER -> {
                    question = null;
                    attempt();
                }
                default -> {}
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
