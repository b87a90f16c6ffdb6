package io.mooncake4j.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.*;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Answers calls as a master does, without any clock; the memory is that of its own nodes. */
class HonestMaster {
    record Extent(UUID segment, long offset, long length) {}

    record Stored(long id, long size, long checksum, List<List<Extent>> replicas) {}

    final FakeNodes nodes = new FakeNodes();
    final Map<String, Stored> objects = new LinkedHashMap<>();
    final Map<Long, Stored> grants = new LinkedHashMap<>();
    final List<UUID> segments = new ArrayList<>();
    volatile int leaseMs = 5000;
    volatile int grantMs = 10_000;
    long extentBytes = Long.MAX_VALUE;

    private final Map<Long, MessageLite> starts = new LinkedHashMap<>();
    private final Map<UUID, Long> used = new LinkedHashMap<>();
    private final Epoch epoch = new Epoch(UUID.randomUUID(), 1);
    private long lastId = 1000;
    private long tokens;

    HonestMaster(int segmentCount) {
        for (int i = 0; i < segmentCount; i++) {
            UUID id = new UUID(7, i);
            segments.add(id);
            used.put(id, 0L);
            nodes.addSegment(id);
        }
    }

    synchronized Stored object(String key) {
        return objects.get(key);
    }

    synchronized int openGrants() {
        return grants.size();
    }

    /** Stores a value behind the client's back. */
    synchronized void store(String key, byte[] value, long checksum, int replicas) {
        List<List<Extent>> placed = allocate(value.length, replicas);
        for (List<Extent> replica : placed) {
            int at = 0;
            for (Extent extent : replica) {
                byte[] memory = nodes.memory(extent.segment(), extent.offset() + extent.length());
                System.arraycopy(value, at, memory, (int) extent.offset(), (int) extent.length());
                at += (int) extent.length();
            }
        }
        objects.put(key, new Stored(++lastId, value.length, checksum, placed));
    }

    /** Has what the former leader has committed; its grants are unknown here. */
    void take(HonestMaster former) {
        synchronized (former) {
            objects.putAll(former.objects);
            used.putAll(former.used);
        }
    }

    static MessageLite parse(RpcCall call) {
        Parser<? extends MessageLite> parser = switch (call.method()) {
            case PUT_START -> PutStartRequest.parser();
            case PUT_END -> PutEndRequest.parser();
            case PUT_REVOKE -> PutRevokeRequest.parser();
            case GRANT_OUTCOME -> GrantOutcomeRequest.parser();
            case RENEW_GRANT -> RenewGrantRequest.parser();
            case GET_REPLICAS -> GetReplicasRequest.parser();
            case RENEW_LEASE -> RenewLeaseRequest.parser();
            case EXISTS -> ExistsRequest.parser();
            case REMOVE -> RemoveRequest.parser();
            case REMOVE_BY_REGEX -> RemoveByRegexRequest.parser();
            case REMOVE_ALL -> RemoveAllRequest.parser();
            case LIST_KEYS -> ListKeysRequest.parser();
            case REPORT_CORRUPT -> ReportCorruptRequest.parser();
            default -> ListSegmentsRequest.parser();
        };
        return call.parse(parser);
    }

    /** Carries the call out; the answer is the caller's to send. */
    synchronized MessageLite honest(RpcCall call) {
        MessageLite request = parse(call);
        if (request instanceof PutStartRequest start) {
            return putStart(start);
        } else if (request instanceof PutEndRequest end) {
            return putEnd(end);
        } else if (request instanceof PutRevokeRequest revoke) {
            revoke.getGrantIdsList().forEach(grants::remove);
            if (starts.get(revoke.getSequence()) instanceof PutStartResponse whole) {
                whole.getGrantIdsList().forEach(grants::remove);
            }
            return statuses(revoke.getGrantIdsCount());
        } else if (request instanceof GrantOutcomeRequest outcome) {
            return outcomes(outcome);
        } else if (request instanceof RenewGrantRequest renew) {
            return renewGrant(renew);
        } else if (request instanceof GetReplicasRequest get) {
            return replicas(KeyColumn.of(get.getKeys()).toList(), List.of());
        } else if (request instanceof RenewLeaseRequest renew) {
            return replicas(KeyColumn.of(renew.getKeys()).toList(), renew.getObjectIdsList());
        } else if (request instanceof ExistsRequest exists) {
            return exists(KeyColumn.of(exists.getKeys()).toList());
        } else if (request instanceof RemoveRequest remove) {
            return remove(KeyColumn.of(remove.getKeys()).toList());
        } else if (request instanceof RemoveAllRequest || request instanceof RemoveByRegexRequest) {
            int count = objects.size();
            objects.clear();
            return RemovedResponse.newBuilder().setRemoved(count).build();
        } else if (request instanceof ListKeysRequest list) {
            return list(list);
        } else if (request instanceof ReportCorruptRequest report) {
            return statuses(report.getObjectIdsCount());
        }
        return ListSegmentsResponse.newBuilder().setEpoch(epoch.toProto()).build();
    }

    /** A repeated request gets the first one's answer. */
    private MessageLite putStart(PutStartRequest request) {
        return starts.computeIfAbsent(request.getSequence(), sequence -> newPutStart(request));
    }

    private MessageLite newPutStart(PutStartRequest request) {
        List<String> keys = KeyColumn.of(request.getKeys()).toList();
        PutStartResponse.Builder answer = PutStartResponse.newBuilder().setGrantMs(grantMs);
        List<List<List<Extent>>> granted = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (objects.containsKey(keys.get(i))) {
                answer.addStatus(ErrorCode.OBJECT_ALREADY_EXISTS.number()).addGrantIds(0);
                granted.add(List.of());
                continue;
            }
            List<List<Extent>> replicas =
                    allocate(request.getSizes(i), request.getOptions().getReplicaNum());
            grants.put(++lastId, new Stored(lastId, request.getSizes(i), 0, replicas));
            answer.addStatus(0).addGrantIds(lastId);
            granted.add(replicas);
        }
        return answer.setPlacements(placements(granted)).build();
    }

    private MessageLite putEnd(PutEndRequest request) {
        List<String> keys = KeyColumn.of(request.getKeys()).toList();
        StatusResponse.Builder answer = StatusResponse.newBuilder();
        for (int i = 0; i < keys.size(); i++) {
            Stored grant = grants.remove(request.getGrantIds(i));
            if (grant == null) {
                Stored object = objects.get(keys.get(i));
                boolean committed = object != null && object.id() == request.getGrantIds(i);
                answer.addStatus((committed ? ErrorCode.OK : ErrorCode.INVALID_WRITE).number());
                continue;
            }
            List<List<Extent>> placed = new ArrayList<>();
            for (int r = 0; r < grant.replicas().size(); r++) {
                if ((request.getPlaced(i) >>> r & 1) != 0) {
                    placed.add(grant.replicas().get(r));
                }
            }
            objects.put(keys.get(i), new Stored(grant.id(), grant.size(), request.getChecksums(i), placed));
            answer.addStatus(0);
        }
        return answer.build();
    }

    private MessageLite outcomes(GrantOutcomeRequest request) {
        List<String> keys = KeyColumn.of(request.getKeys()).toList();
        GrantOutcomeResponse.Builder answer = GrantOutcomeResponse.newBuilder();
        for (int i = 0; i < keys.size(); i++) {
            Stored object = objects.get(keys.get(i));
            if (object != null && object.id() == request.getGrantIds(i)) {
                answer.addOutcomes(Outcome.OUTCOME_COMMITTED);
            } else {
                boolean open = grants.containsKey(request.getGrantIds(i));
                answer.addOutcomes(open ? Outcome.OUTCOME_OPEN : Outcome.OUTCOME_NEVER);
            }
        }
        return answer.build();
    }

    private MessageLite renewGrant(RenewGrantRequest request) {
        RenewGrantResponse.Builder answer = RenewGrantResponse.newBuilder().setGrantMs(grantMs);
        List<List<List<Extent>>> granted = new ArrayList<>();
        for (long id : request.getGrantIdsList()) {
            Stored grant = grants.get(id);
            answer.addStatus((grant == null ? ErrorCode.INVALID_WRITE : ErrorCode.OK).number());
            granted.add(grant == null ? List.of() : grant.replicas());
        }
        return answer.setPlacements(placements(granted)).build();
    }

    private MessageLite replicas(List<String> keys, List<Long> onlyIds) {
        ReplicasResponse.Builder answer = ReplicasResponse.newBuilder().setLeaseMs(leaseMs);
        List<List<List<Extent>>> found = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Stored object = objects.get(keys.get(i));
            ErrorCode code = object == null
                    ? ErrorCode.OBJECT_NOT_FOUND
                    : onlyIds.isEmpty() || onlyIds.get(i) == object.id() ? ErrorCode.OK : ErrorCode.OBJECT_CHANGED;
            answer.addStatus(code.number());
            boolean ok = object != null && code == ErrorCode.OK;
            answer.addObjectIds(ok ? object.id() : 0);
            answer.addSizes(ok ? object.size() : 0);
            answer.addChecksums(ok ? object.checksum() : 0);
            found.add(ok ? object.replicas() : List.of());
        }
        return answer.setPlacements(placements(found)).build();
    }

    private MessageLite exists(List<String> keys) {
        ExistsResponse.Builder answer = ExistsResponse.newBuilder();
        for (String key : keys) {
            Stored object = objects.get(key);
            answer.addStatus((object == null ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK).number());
            answer.addSizes(object == null ? 0 : object.size());
        }
        return answer.build();
    }

    private MessageLite remove(List<String> keys) {
        StatusResponse.Builder answer = StatusResponse.newBuilder();
        for (String key : keys) {
            answer.addStatus((objects.remove(key) == null ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK).number());
        }
        return answer.build();
    }

    private MessageLite list(ListKeysRequest request) {
        List<String> keys = objects.keySet().stream()
                .filter(key -> key.startsWith(request.getPrefix()))
                .toList();
        int from = request.getPage().isEmpty()
                ? 0
                : Integer.parseInt(request.getPage().toStringUtf8());
        int end = Math.min(keys.size(), from + 2); // small pages: the limit is an upper bound
        ListKeysResponse.Builder answer = ListKeysResponse.newBuilder()
                .setKeys(KeyColumn.of(keys.subList(from, end)).toProto());
        keys.subList(from, end).forEach(key -> answer.addSizes(objects.get(key).size()));
        return answer.setNextPage(end == keys.size() ? ByteString.EMPTY : ByteString.copyFromUtf8("" + end))
                .build();
    }

    private static StatusResponse statuses(int count) {
        StatusResponse.Builder answer = StatusResponse.newBuilder();
        for (int i = 0; i < count; i++) {
            answer.addStatus(0);
        }
        return answer.build();
    }

    /** Replica r of the next object lies on segment r: tests know where to look. */
    private List<List<Extent>> allocate(long size, int replicaNum) {
        List<List<Extent>> replicas = new ArrayList<>();
        for (int r = 0; r < Math.min(replicaNum, segments.size()); r++) {
            UUID segment = segments.get(r);
            List<Extent> extents = new ArrayList<>();
            for (long left = size; left > 0; ) {
                long length = Math.min(left, extentBytes);
                extents.add(new Extent(segment, used.get(segment), length));
                used.merge(segment, length, Long::sum);
                left -= length;
            }
            replicas.add(extents);
        }
        return replicas;
    }

    private Placements placements(List<List<List<Extent>>> perKey) {
        Placements.Builder columns = Placements.newBuilder().setEpoch(epoch.toProto());
        List<UUID> listed = new ArrayList<>();
        tokens++;
        for (List<List<Extent>> replicas : perKey) {
            columns.addReplicasPerKey(replicas.size());
            for (List<Extent> extents : replicas) {
                columns.addExtentsPerReplica(extents.size());
                for (Extent extent : extents) {
                    int index = listed.indexOf(extent.segment());
                    if (index < 0) {
                        index = listed.size();
                        listed.add(extent.segment());
                        columns.addSegments(SegmentAccess.newBuilder()
                                .setSegment(Ids.toProto(extent.segment()))
                                .setName("segment-" + segments.indexOf(extent.segment()))
                                .setDeadlineTicks(tokens)
                                .setMac(ByteString.copyFrom(new byte[16])));
                    }
                    columns.addExtentSegment(index)
                            .addExtentRegion(0)
                            .addExtentOffset(extent.offset())
                            .addExtentLength(extent.length());
                }
            }
        }
        return columns.build();
    }
}
