package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Placements;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where one object is, for people; the SDK has no use for it.
 *
 * @param checksum in hex, or {@code none}
 * @param replicas the extents of each, as text
 */
record Placement(long sizeBytes, String checksum, List<String> replicas) {

    /** Asks the master; empty if there is no such object. */
    static Optional<Placement> of(String key, Settings settings) {
        RpcClientOptions options = RpcClientOptions.builder()
                .addresses(settings.get(ClientSettings.MASTER))
                .build();
        GetReplicasRequest request = GetReplicasRequest.newBuilder()
                .setTenant(settings.get(ClientSettings.TENANT))
                .setKeys(KeyColumn.of(List.of(key)).toProto())
                .build();
        ReplicasResponse answer;
        try (RpcClient rpc = RpcClient.create(options)) {
            answer = rpc.call(
                    Method.GET_REPLICAS,
                    request,
                    ReplicasResponse.parser(),
                    Deadline.after(settings.get(ClientSettings.REQUEST_TIMEOUT)));
        }
        ErrorCode status = ErrorCode.of(answer.getStatus(0));
        return switch (status) {
            case OK ->
                Optional.of(new Placement(
                        answer.getSizes(0), checksum(answer.getChecksums(0)), replicas(answer.getPlacements())));
            case OBJECT_NOT_FOUND -> Optional.empty();
            default -> throw new StoreException(status, "no replica of " + key + " can be read now");
        };
    }

    private static String checksum(long checksum) {
        return Checksum.present(checksum) ? String.format(Locale.ROOT, "%08x", (int) checksum) : "none";
    }

    private static List<String> replicas(Placements placements) {
        List<String> replicas = new ArrayList<>();
        int extent = 0;
        for (int replica = 0; replica < placements.getReplicasPerKey(0); replica++) {
            List<String> extents = new ArrayList<>();
            for (int i = 0; i < placements.getExtentsPerReplica(replica); i++, extent++) {
                extents.add(placements
                                .getSegments(placements.getExtentSegment(extent))
                                .getName() + " region " + placements.getExtentRegion(extent) + " at "
                        + placements.getExtentOffset(extent));
            }
            replicas.add(String.join(", ", extents));
        }
        return replicas;
    }
}
