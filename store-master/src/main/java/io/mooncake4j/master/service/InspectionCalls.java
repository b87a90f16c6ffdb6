package io.mooncake4j.master.service;

import com.google.protobuf.ByteString;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.ObjectDetails;
import io.mooncake4j.master.placement.Reads;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Tenant;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.DescribeRequest;
import io.mooncake4j.transfer.wire.proto.DescribeResponse;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysResponse;
import io.mooncake4j.transfer.wire.proto.ObjectInfo;
import io.mooncake4j.transfer.wire.proto.ReplicaInfo;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Calls that look at objects without touching them, on the wire. Listing runs on a worker, not on an event loop. */
final class InspectionCalls {
    private static final int MAX_PAGE_KEYS = 10_000;
    private static final int DEFAULT_PAGE_KEYS = 1000;
    private static final ObjectInfo UNKNOWN = ObjectInfo.getDefaultInstance();

    private final MasterCore core;
    private final Limits limits;

    InspectionCalls(MasterCore core, Limits limits) {
        this.core = core;
        this.limits = limits;
    }

    void describe(RpcCall call, long nowNanos) {
        DescribeRequest request = call.parse(DescribeRequest.parser());
        KeyColumn keys = limits.keys(call.method(), request.getKeys());
        KeySlice key = new KeySlice(core.objects().knownTenant(request.getTenant()));
        DescribeResponse.Builder response = DescribeResponse.newBuilder();
        for (int i = 0; i < keys.count(); i++) {
            ObjectDetails found = core.reads().describe(key.at(keys, i), nowNanos);
            response.addStatus((found == null ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK).number());
            response.addObjects(found == null ? UNKNOWN : info(found));
        }
        call.reply(response.build());
    }

    void list(RpcCall call, long nowNanos) {
        ListKeysRequest request = call.parse(ListKeysRequest.parser());
        int limit = request.getLimit() == 0
                ? DEFAULT_PAGE_KEYS
                : request.getLimit() < 0 ? MAX_PAGE_KEYS : Math.min(request.getLimit(), MAX_PAGE_KEYS);
        Tenant tenant = core.objects().knownTenant(request.getTenant());
        byte[] prefix = request.getPrefix().getBytes(StandardCharsets.UTF_8);
        Reads.Page page =
                core.reads().list(tenant, request.getPage().toByteArray(), limit, key -> startsWith(key, prefix));
        call.reply(listed(tenant, page, request.getDetailed(), nowNanos));
    }

    private ListKeysResponse listed(Tenant tenant, Reads.Page page, boolean detailed, long nowNanos) {
        ListKeysResponse.Builder response = ListKeysResponse.newBuilder();
        ByteString.Output bytes = ByteString.newOutput();
        Keys.Builder keys = Keys.newBuilder();
        KeySlice slice = new KeySlice(tenant);
        for (int i = 0; i < page.keys().size(); i++) {
            byte[] key = page.keys().get(i);
            if (detailed) {
                ObjectDetails found = core.reads().describe(slice.at(key, 0, key.length), nowNanos);
                if (found == null) {
                    continue; // removed meanwhile
                }
                response.addDetails(info(found));
            }
            bytes.write(key, 0, key.length);
            keys.addLengths(key.length);
            response.addSizes(page.sizesBytes().get(i));
        }
        return response.setKeys(keys.setBytes(bytes.toByteString()))
                .setNextPage(ByteString.copyFrom(page.next()))
                .build();
    }

    private static ObjectInfo info(ObjectDetails object) {
        ObjectInfo.Builder info = ObjectInfo.newBuilder()
                .setObjectId(object.id())
                .setSizeBytes(object.sizeBytes())
                .setChecksum(object.checksum())
                .setHardPinned(object.hardPinned())
                .setSoftPinLeftMs(millisUp(object.softPinLeftNanos()))
                .setLeaseLeftMs(millisUp(object.leaseLeftNanos()))
                .setIdleMs(TimeUnit.NANOSECONDS.toMillis(object.idleNanos()));
        for (Replica replica : object.replicas()) {
            info.addReplicas(info(replica));
        }
        return info.build();
    }

    private static ReplicaInfo info(Replica replica) {
        Segment segment = replica.segment();
        Segment.Address address = segment.address();
        ReplicaInfo.Builder info = ReplicaInfo.newBuilder()
                .setSegment(Ids.toProto(segment.id()))
                .setName(segment.name())
                .setHost(address.host())
                .setDataPort(address.dataPort())
                .setState(NodeCalls.state(segment));
        for (Extent extent : replica.extents()) {
            info.addRegions(extent.region());
            info.addOffsets(extent.offset());
            info.addLengths(extent.lengthBytes());
        }
        return info.build();
    }

    /** So that what lasts less than a millisecond more is not told as over. */
    private static long millisUp(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }
}
