package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.CoreView;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.AccessToken;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** What a node permits is right: S2, S3, S6, S7 and S9 of every access. */
final class NodeChecks {
    private final World world;
    private final Truth truth;
    private final Checks checks;
    private final Map<UUID, UUID> clusterOf = new HashMap<>();

    NodeChecks(World world, Truth truth, Checks checks) {
        this.world = world;
        this.truth = truth;
        this.checks = checks;
    }

    /** S3: a session is admitted. */
    void admitted(SimNode node, NodeEnd end, boolean cut) {
        if (cut) {
            throw checks.violated("S3", node + " admits " + end + ", a generation whose cut it confirmed");
        }
    }

    /** S3, S9: a node has checked an access, and is about to copy. */
    void accessed(SimNode node, DataMessages.Request request, int region, long offset, long length) {
        AccessToken token = request.token();
        if (request.forged()) {
            throw checks.violated("S3", node + " accepts a forged token to " + request.mode());
        }
        SimTerm master = world.masters().termOf(token.epoch());
        if (master.process().nowNanos() - token.deadlineTicks() >= 0) {
            throw checks.violated("S9", node + " accepts a token that expired by its master's clock");
        }
        if (token.processNonce() != node.nonce() || !node.isSegment(token.segmentId())) {
            throw checks.violated("S6", node + " accepts a token for another life of it");
        }
        Truth.Grant grant = truth.grant(request.owner());
        if (grant == null || grant.placeOf(token.segmentId(), region, offset, length) == null) {
            throw checks.violated("S3", node + " lets " + grant + " access what it was never given");
        }
        if (request.mode() == AccessToken.Mode.WRITE) {
            mayWrite(node, request, region, offset, length);
        }
    }

    /** S2, S7: bytes are being placed by right. */
    void mayWrite(SimNode node, DataMessages.Request request, int region, long offset, long length) {
        UUID segmentId = request.token().segmentId();
        Truth.Grant grant = truth.grant(request.owner());
        if (grant == null) {
            throw checks.violated("S3", node + " places bytes that nobody was granted room for");
        }
        if (grant.visibleOn.contains(segmentId)) {
            throw checks.violated("S7", node + " overwrites " + grant);
        }
        for (long at = offset - offset % Truth.GRANULE_BYTES; at < offset + length; at += Truth.GRANULE_BYTES) {
            long owner = truth.owner(segmentId, region, at);
            if (owner != grant.id && sameLife(owner, segmentId, node.nonce(), region, at)) {
                throw checks.violated("S2", node + " writes for " + grant + " what belongs to " + truth.grant(owner));
            }
        }
        SimTerm leading = world.masters().leading();
        if (leading == null || !request.token().epoch().equals(leading.core().epoch())) {
            return;
        }
        MasterCore core = leading.core();
        Segment segment = core.segmentTable().find(segmentId);
        Truth.Place place = grant.placeOf(segmentId, region, offset, length);
        if (segment != null
                && place != null
                && segment.address().processNonce() == node.nonce()
                && !CoreView.inUse(core, segmentId, place.extent())) {
            throw checks.violated("S2", node + " writes for " + grant + " into memory that is free");
        }
    }

    /** Memory that was granted for another life of the node's process is never written in this one. */
    private boolean sameLife(long owner, UUID segment, long nonce, int region, long offset) {
        Truth.Grant grant = truth.grant(owner);
        Truth.Place place = grant == null ? null : grant.placeOf(segment, region, offset, 1);
        return place == null || place.processNonce() == nonce;
    }

    /** S5: while one that follows a newer leader grants memory, nobody writes on the word of an older one. */
    void granting(SimNode node, long revision) {
        long adopted = node.adoptedRevision();
        if (adopted != 0 && adopted < revision) { // 0: this process has followed none, and let nobody in
            throw checks.violated(
                    "S5", "leader " + revision + " grants memory of " + node + ", which follows " + adopted);
        }
        node.forEachWrite((end, token, region, offset, length) -> {
            if (token.epoch().revision() < revision) {
                throw checks.violated(
                        "S5", "leader " + revision + " grants memory of " + node + ", where " + end + " still writes");
            }
        });
    }

    /** S6: a node gives up its content only for a journal that lost something, which none does here. */
    void gaveUp(SimNode node) {
        if (!world.masters().doubtful(0)) {
            throw checks.violated("S6", node + " gives up its content, though the journal has all that it depends on");
        }
    }

    /** S6: a node's memory belongs to a cluster. */
    void joined(UUID segment, UUID cluster) {
        UUID before = clusterOf.putIfAbsent(segment, cluster);
        if (before != null && !before.equals(cluster)) {
            throw checks.violated(
                    "S6", "segment " + segment + " of cluster " + before + " holds content of " + cluster);
        }
    }
}
