package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.RenewLeaseRequest;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.ReportCorruptRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What one get says to the master, and what the answers mean for its keys. Sends nothing and waits for nothing. */
final class GetMessages<T> {
    private final ClientIdentity self;
    private final BatchKeys keys;

    GetMessages(ClientIdentity self, BatchKeys keys) {
        this.self = self;
        this.keys = keys;
    }

    Keys select(List<Reading<T>> some) {
        return keys.select(some, Reading::index);
    }

    GetReplicasRequest get(Keys asked) {
        return GetReplicasRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setKeys(asked)
                .build();
    }

    /** @throws io.mooncake4j.transfer.wire.StoreException INTERNAL_ERROR if it doesn't answer the question */
    Tenure.Terms terms(long sentNanos, ReplicasResponse answer, int asked) {
        BatchKeys.checkColumn(answer.getStatusCount(), asked, "status");
        return new Tenure.Terms(
                sentNanos,
                TimeUnit.MILLISECONDS.toNanos(answer.getLeaseMs()),
                answer.getStatusList(),
                PlacementTable.read(answer.getPlacements(), asked, AccessToken.Mode.READ, self.id()));
    }

    /**
     * Returns those that have something to read.
     *
     * @throws io.mooncake4j.transfer.wire.StoreException INTERNAL_ERROR if it doesn't answer the question
     */
    List<Reading<T>> answered(ReplicasResponse answer, Tenure.Terms terms, List<Reading<T>> asked) {
        BatchKeys.checkColumn(answer.getObjectIdsCount(), asked.size(), "object_ids");
        BatchKeys.checkColumn(answer.getSizesCount(), asked.size(), "sizes");
        BatchKeys.checkColumn(answer.getChecksumsCount(), asked.size(), "checksums");
        List<Reading<T>> moving = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            Reading<T> reading = asked.get(i);
            reading.answered(
                    i,
                    answer.getStatus(i),
                    answer.getObjectIds(i),
                    answer.getSizes(i),
                    answer.getChecksums(i),
                    terms.placements().replicaCount(i));
            if (reading.step() == Reading.Step.MOVING) {
                moving.add(reading);
            }
        }
        return moving;
    }

    RenewLeaseRequest renew(Keys renewed, List<Long> objectIds) {
        return RenewLeaseRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setKeys(renewed)
                .addAllObjectIds(objectIds)
                .build();
    }

    ReportCorruptRequest reportCorrupt(Reading<T> reading, UUID segment) {
        return ReportCorruptRequest.newBuilder()
                .setClient(self.proto())
                .setTenant(self.tenant())
                .setKeys(select(List.of(reading)))
                .addObjectIds(reading.objectId())
                .addSegments(Ids.toProto(segment))
                .build();
    }
}
