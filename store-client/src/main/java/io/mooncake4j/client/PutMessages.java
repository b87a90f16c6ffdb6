package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantRequest;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What one put says to the master, and what the answers mean for its keys. Sends nothing and waits for nothing. */
final class PutMessages {
    private final ClientIdentity self;
    private final BatchKeys keys;

    PutMessages(ClientIdentity self, BatchKeys keys) {
        this.self = self;
        this.keys = keys;
    }

    Keys select(List<Writing> some) {
        return keys.select(some, Writing::index);
    }

    /** @param asked in the order of the keys */
    PutStartRequest start(long sequence, Keys askedKeys, List<Writing> asked, PutOptions options) {
        PutStartRequest.Builder request = PutStartRequest.newBuilder()
                .setClient(self.proto())
                .setSequence(sequence)
                .setTenant(self.tenant())
                .setKeys(askedKeys)
                .setOptions(options);
        for (Writing writing : asked) {
            request.addSizes(writing.sizeBytes());
        }
        return request.build();
    }

    /** @throws io.mooncake4j.transfer.wire.StoreException INTERNAL_ERROR if it doesn't answer the question */
    Tenure.Terms terms(long sentNanos, PutStartResponse answer, int asked) {
        BatchKeys.checkColumn(answer.getGrantIdsCount(), asked, "grant_ids");
        return terms(sentNanos, answer.getGrantMs(), answer.getStatusList(), answer.getPlacements(), asked);
    }

    /** @param terms of the answer */
    static void started(PutStartResponse answer, Tenure.Terms terms, List<Writing> asked) {
        for (int i = 0; i < asked.size(); i++) {
            asked.get(i)
                    .answered(
                            i,
                            answer.getStatus(i),
                            answer.getGrantIds(i),
                            terms.placements().replicaCount(i));
        }
    }

    /** For a PutStart whose answer is not known: nothing was written under what it granted, or may yet grant. */
    PutRevokeRequest revokeStart(long sequence) {
        return PutRevokeRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setSequence(sequence)
                .build();
    }

    RenewGrantRequest renew(Keys renewed, List<Long> grantIds) {
        return RenewGrantRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setKeys(renewed)
                .addAllGrantIds(grantIds)
                .build();
    }

    /** @throws io.mooncake4j.transfer.wire.StoreException INTERNAL_ERROR if it doesn't answer the question */
    Tenure.Terms terms(long sentNanos, RenewGrantResponse answer, int asked) {
        return terms(sentNanos, answer.getGrantMs(), answer.getStatusList(), answer.getPlacements(), asked);
    }

    private Tenure.Terms terms(long sentNanos, int grantMs, List<Integer> status, Placements placements, int count) {
        BatchKeys.checkColumn(status.size(), count, "status");
        return new Tenure.Terms(
                sentNanos,
                TimeUnit.MILLISECONDS.toNanos(grantMs),
                status,
                PlacementTable.read(placements, count, AccessToken.Mode.WRITE, self.id()));
    }

    PutEndRequest end(List<Writing> open) {
        PutEndRequest.Builder request = PutEndRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setKeys(select(open));
        for (Writing writing : open) {
            request.addGrantIds(writing.grantId());
            request.addPlaced(writing.placed());
            request.addUnanswered(writing.unanswered());
            request.addChecksums(writing.checksum());
        }
        return request.build();
    }

    /**
     * Returns those whose grant had lapsed, or is unknown to a new leader: they are to be revoked, and may start again.
     *
     * @param once whether a request comes to a master once at most, as over a connection
     */
    static List<Writing> ended(StatusResponse answer, List<Writing> open, boolean once) {
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
                    boolean first = once && writing.step() == Writing.Step.GRANTED;
                    if (first && code == ErrorCode.INVALID_WRITE) {
                        lapsed.add(writing); // no PutEnd for it was ever carried out
                    } else {
                        writing.ending();
                    }
                }
            }
        }
        return lapsed;
    }

    GrantOutcomeRequest outcome(List<Writing> doubtful) {
        GrantOutcomeRequest.Builder request =
                GrantOutcomeRequest.newBuilder().setTenant(self.tenant()).setKeys(select(doubtful));
        for (Writing writing : doubtful) {
            request.addGrantIds(writing.grantId());
        }
        return request.build();
    }

    /**
     * Returns those that never became visible, nor ever will: they may start again, once revoked.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INTERNAL_ERROR if it doesn't answer the question
     */
    static List<Writing> never(GrantOutcomeResponse answer, List<Writing> doubtful) {
        BatchKeys.checkColumn(answer.getOutcomesCount(), doubtful.size(), "outcomes");
        List<Writing> never = new ArrayList<>(0);
        for (int i = 0; i < doubtful.size(); i++) {
            Writing writing = doubtful.get(i);
            switch (answer.getOutcomes(i)) {
                case OUTCOME_COMMITTED, OUTCOME_REMOVED -> writing.stored();
                case OUTCOME_NEVER -> never.add(writing);
                case OUTCOME_FORGOTTEN -> writing.forgotten();
                case OUTCOME_OPEN, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> {} // PutEnd again: it is idempotent
            }
        }
        return never;
    }

    PutRevokeRequest revoke(List<Writing> given) {
        PutRevokeRequest.Builder request = PutRevokeRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setKeys(select(given));
        for (Writing writing : given) {
            request.addGrantIds(writing.grantId());
            request.addUnanswered(writing.unanswered());
        }
        return request.build();
    }
}
