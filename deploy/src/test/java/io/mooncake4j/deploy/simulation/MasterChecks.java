package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.client.SteppedGet;
import io.mooncake4j.master.placement.CoreView;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.ObjectDetails;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.RenewGrantResponse;
import io.mooncake4j.transfer.wire.proto.ReplicasResponse;
import io.mooncake4j.transfer.wire.proto.SessionCut;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a master does is right: S2 of memory that it grants, S6 of segments, S7 of objects that become visible. */
final class MasterChecks {
    private final World world;
    private final Truth truth;
    private final Checks checks;
    private final Map<SteppedGet, SimProcess> reading = new LinkedHashMap<>();
    private final Set<UUID> dropped = new HashSet<>();

    MasterChecks(World world, Truth truth, Checks checks) {
        this.world = world;
        this.truth = truth;
        this.checks = checks;
    }

    void answered(SimTerm master, MessageLite request, MessageLite response) {
        if (response instanceof PutStartResponse started) {
            granted(master, (PutStartRequest) request, started);
        } else if (response instanceof RenewGrantResponse renewed
                && renewed.getStatusList().contains(0)) {
            world.happened(Happening.GRANT_RENEWED);
        }
    }

    void carriedOut(SimTerm master, MessageLite request) {
        if (request instanceof PutEndRequest end) {
            ended(master, end);
        } else if (request instanceof PingRequest ping) {
            cutsConfirmed(ping);
        }
    }

    private void granted(SimTerm master, PutStartRequest request, PutStartResponse response) {
        UUID client = Ids.of(request.getClient());
        KeyColumn keys = KeyColumn.of(request.getKeys());
        PlacementColumns columns = new PlacementColumns(response.getPlacements());
        for (int i = 0; i < keys.count(); i++) {
            List<List<Truth.Place>> replicas = columns.next();
            long id = response.getGrantIds(i);
            if (response.getStatus(i) != 0 || truth.grant(id) != null) {
                continue;
            }
            Truth.Put put = truth.putOf(client, request.getSequence(), key(keys, i));
            if (put == null) {
                throw checks.violated("put", "a grant for a put that nobody asked for");
            }
            Truth.Grant grant = new Truth.Grant(id, put, client, replicas);
            truth.granted(grant);
            if (replicas.size() > 1) {
                world.happened(Happening.SEVERAL_REPLICAS);
            }
            for (List<Truth.Place> replica : replicas) {
                if (replica.size() > 1) {
                    world.happened(Happening.SEVERAL_EXTENTS);
                }
                for (Truth.Place place : replica) {
                    SimNode node = world.nodeOf(place.segmentId());
                    boolean followed = node == null
                            || node.adoptedRevision() <= master.core().epoch().revision();
                    if (followed) { // else it is worth nothing there
                        reused(master, grant, place);
                    }
                }
            }
        }
    }

    /** S2: nobody may read or write there any more under an earlier right. */
    private void reused(SimTerm master, Truth.Grant grant, Truth.Place place) {
        UUID segment = place.segmentId();
        Extent extent = place.extent();
        for (long at = extent.offset(); at < extent.offset() + extent.lengthBytes(); at += Truth.GRANULE_BYTES) {
            Truth.Grant before = truth.grant(truth.owner(segment, extent.region(), at));
            if (before != null
                    && before.visibleOn.contains(segment)
                    && !(master.settled(before.id, segment) && world.masters().durablyGone(before, segment))) {
                throw checks.violated(
                        "S2a", place + " for " + grant + ", but the removal of " + before + " isn't durable");
            }
            if (before != null) {
                world.happened(Happening.REUSED);
            }
            truth.own(segment, extent.region(), at, grant.id);
        }
        reading.forEach((get, process) -> {
            ReplicasResponse promised = get.promised();
            if (promised != null && process.alive()) {
                leased(get, promised, process, grant, place);
            }
        });
        for (SimNode node : world.nodes()) {
            if (node.isSegment(segment)
                    && node.nonce() == place.processNonce()
                    && node.process().alive()) {
                checks.nodes.granting(node, master.core().epoch().revision());
            }
            node.forEachWrite((end, token, region, offset, length) -> {
                boolean same = token.segmentId().equals(segment)
                        && token.processNonce() == place.processNonce()
                        && region == extent.region()
                        && offset < extent.offset() + extent.lengthBytes()
                        && extent.offset() < offset + length;
                if (same) {
                    throw checks.violated("S2c", place + " for " + grant + ", but " + end + " still copies there");
                }
            });
        }
    }

    private void leased(
            SteppedGet get, ReplicasResponse promised, SimProcess process, Truth.Grant grant, Truth.Place place) {
        PlacementColumns columns = new PlacementColumns(promised.getPlacements());
        for (int key = 0; key < promised.getStatusCount(); key++) {
            List<List<Truth.Place>> replicas = columns.next();
            if (promised.getStatus(key) != 0 || process.nowNanos() - get.leaseEndNanos(key) >= 0) {
                continue;
            }
            for (List<Truth.Place> replica : replicas) {
                for (Truth.Place leased : replica) {
                    Extent extent = leased.extent();
                    if (leased.processNonce() == place.processNonce()
                            && place.segmentId().equals(leased.segmentId())
                            && place.extent().region() == extent.region()
                            && place.extent().offset() < extent.offset() + extent.lengthBytes()
                            && extent.offset()
                                    < place.extent().offset() + place.extent().lengthBytes()) {
                        throw checks.violated(
                                "S2b",
                                place + " for " + grant + ", but " + process + " holds a lease there on object "
                                        + promised.getObjectIds(key));
                    }
                }
            }
        }
    }

    /** S7: what became visible is placed. */
    private void ended(SimTerm master, PutEndRequest request) {
        KeyColumn keys = KeyColumn.of(request.getKeys());
        for (int i = 0; i < keys.count(); i++) {
            Truth.Grant grant = truth.grant(request.getGrantIds(i));
            CoreView.Held object = CoreView.find(master.core(), keys, i);
            if (grant == null || object == null || object.id() != grant.id) {
                continue;
            }
            if (grant.removedAt != Long.MAX_VALUE && master.rightful()) {
                throw checks.violated("S8", grant + " came back at its PutEnd, after it was removed");
            }
            if (grant.committed) {
                continue;
            }
            truth.committed(grant);
            grant.committedBy = master;
            if (grant.put.ruledOut && master.rightful()) {
                throw checks.violated("put", grant + " became visible after its caller was told that it failed");
            }
            if (object.sizeBytes() != grant.put.value.length) {
                throw checks.violated("S7", grant + " is visible with " + object.sizeBytes() + " bytes");
            }
            for (Replica replica : object.replicas()) {
                grant.visibleOn.add(replica.segment().id());
                // One whose answer comes after another took over may have been forgotten, and its memory used again.
                if (master.rightful()) {
                    placed(grant, replica);
                }
            }
        }
    }

    private void placed(Truth.Grant grant, Replica replica) {
        SimNode node = world.nodeOf(replica.segment().id());
        if (node == null) {
            return; // its memory is gone, and the master will learn it
        }
        int at = 0;
        for (Extent extent : replica.extents()) {
            if (!node.holds(extent.region(), (int) extent.offset(), grant.put.value, at, (int) extent.lengthBytes())) {
                throw checks.violated("S7", grant + " became visible, but is not placed on " + node + " at " + extent);
            }
            at += (int) extent.lengthBytes();
        }
    }

    /** S2: nobody copies any more for what a node says it cut. */
    private void cutsConfirmed(PingRequest ping) {
        SimNode node = world.nodeByNonce(ping.getProcessNonce());
        if (node == null || !node.isSegment(Ids.of(ping.getSegment()))) {
            return;
        }
        for (SessionCut cut : ping.getConfirmedList()) {
            UUID client = Ids.of(cut.getClient());
            world.happened(Happening.CUT_CONFIRMED);
            node.cutConfirmed(client, cut.getGeneration());
            for (NodeEnd end : node.ends()) {
                if (end.serves(client, cut.getGeneration())) {
                    throw checks.violated("S2c", node + " confirmed the cut of " + end + ", whose thread still copies");
                }
            }
        }
    }

    /** Hard pins hold, and soft ones until nothing else can go. */
    void evicting(SimTerm master, long objectId) {
        List<ObjectDetails> all = new ArrayList<>();
        for (int i = 0; i < world.plan().keys(); i++) {
            ObjectDetails found = CoreView.describe(
                    master.core(), World.key(i), master.process().nowNanos());
            if (found != null) {
                all.add(found);
            }
        }
        boolean soft = false;
        for (ObjectDetails each : all) {
            if (each.id() == objectId) {
                soft = each.softPinLeftNanos() > 0;
            } else if (each.hardPinned()) {
                world.happened(Happening.KEPT_HARD_PINNED);
            }
        }
        for (ObjectDetails each : all) {
            boolean victim = each.id() == objectId;
            if (victim && (each.hardPinned() || each.leaseLeftNanos() > 0)) {
                throw checks.violated("pin", "object " + objectId + " is evicted, though pinned or leased: " + each);
            }
            boolean ordinary = !each.hardPinned() && each.softPinLeftNanos() == 0 && each.leaseLeftNanos() == 0;
            if (soft && !victim && ordinary) {
                throw checks.violated("pin", "soft-pinned object " + objectId + " is evicted before " + each);
            }
        }
        if (soft) {
            world.happened(Happening.EVICTED_SOFT_PINNED);
        }
    }

    /** S6 */
    void segmentMounted(UUID segment) {
        if (dropped.contains(segment)) {
            throw checks.violated("S6", "segment " + segment + " was dropped, and is taken again");
        }
    }

    void segmentDropped(UUID segment) {
        world.happened(Happening.SEGMENT_DROPPED);
        dropped.add(segment);
    }

    void reading(SteppedGet get, SimProcess process, boolean active) {
        if (active) {
            reading.put(get, process);
        } else {
            reading.remove(get);
        }
    }

    void forget(SimProcess process) {
        reading.values().removeIf(reader -> reader == process);
    }

    private static String key(KeyColumn keys, int index) {
        return new String(keys.array(), keys.offset(index), keys.length(index), StandardCharsets.UTF_8);
    }
}
