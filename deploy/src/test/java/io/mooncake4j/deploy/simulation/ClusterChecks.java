package io.mooncake4j.deploy.simulation;

import com.google.protobuf.MessageLite;
import io.mooncake4j.master.placement.CoreView;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Ids;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeRequest;
import io.mooncake4j.transfer.wire.proto.GrantOutcomeResponse;
import io.mooncake4j.transfer.wire.proto.MountSegmentRequest;
import io.mooncake4j.transfer.wire.proto.Outcome;
import io.mooncake4j.transfer.wire.proto.PutEndRequest;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.PutStartResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;

/** What a master among several says is right: S4 of every answer, S8 of puts. */
final class ClusterChecks {
    /** With "async" nothing is acknowledged while something older than this is not durable. */
    private static final long LONGEST_LAG_NANOS = 200_000_000L;

    private final Checks checks;
    private final World world;

    ClusterChecks(World world, Checks checks) {
        this.world = world;
        this.checks = checks;
    }

    /** Something leaves that only the leader may say: an answer, or any error but NOT_LEADER. */
    void speaks(Cluster cluster, ClusterTerm term) {
        if (!term.rightful() && !term.robbed() && !term.log().handedOver()) {
            long leader = cluster.etcd().leader();
            throw checks.violated(
                    "S4",
                    term.process() + " answers as leader " + term.revision() + ", but "
                            + (leader == 0 ? "nobody leads" : "leader " + leader + " does"));
        }
    }

    /** An answer leaves. */
    void answers(Cluster cluster, ClusterTerm term, MessageLite request, MessageLite response) {
        speaks(cluster, term);
        if (request instanceof PutEndRequest end && response instanceof StatusResponse ended) {
            for (int i = 0; i < end.getGrantIdsCount(); i++) {
                if (ended.getStatus(i) == ErrorCode.OK.number()) {
                    stored(cluster, term, end.getGrantIds(i));
                }
            }
        } else if (request instanceof PutStartRequest start
                && response instanceof PutStartResponse started
                && term.firstTime(Ids.of(start.getClient()), start.getSequence())) {
            KeyColumn keys = KeyColumn.of(start.getKeys());
            for (int i = 0; i < keys.count(); i++) {
                if (started.getStatus(i) == ErrorCode.OBJECT_ALREADY_EXISTS.number()) {
                    CoreView.Held there = CoreView.find(term.core(), keys, i);
                    if (there != null) {
                        stored(cluster, term, there.id());
                    }
                }
            }
        } else if (request instanceof MountSegmentRequest mount) {
            if (!cluster.durable().everMounted(Ids.of(mount.getSegment()), mount.getProcessNonce())) {
                throw checks.violated(
                        "S6", "the mount of " + Ids.of(mount.getSegment()) + " is answered, but not durable");
            }
        } else if (request instanceof GrantOutcomeRequest asked && response instanceof GrantOutcomeResponse told) {
            for (int i = 0; i < asked.getGrantIdsCount(); i++) {
                Outcome outcome = told.getOutcomes(i);
                if (outcome == Outcome.OUTCOME_COMMITTED || outcome == Outcome.OUTCOME_REMOVED) {
                    stored(cluster, term, asked.getGrantIds(i));
                }
            }
        }
    }

    private void stored(Cluster cluster, ClusterTerm term, long grantId) {
        if (cluster.plan().sync() && !cluster.durable().everHad(grantId)) {
            throw checks.violated("S8", "grant " + grantId + " is said to be stored before it is durable");
        }
        term.acknowledged(grantId);
    }

    /** Another leads, and so nothing of the term becomes durable any more: all that is missing is its last moments. */
    void succeeded(ClusterTerm term, DurablePlacement durable) {
        Long first = term.log().appendedNanos(durable.head() + 1);
        term.acknowledged().forEach((grantId, atNanos) -> {
            if (durable.everHad(grantId)) {
                return;
            }
            world.happened(Happening.TAIL_LOST);
            long lagNanos = first == null ? Long.MAX_VALUE : atNanos - first;
            if (lagNanos > LONGEST_LAG_NANOS + 1_000_000) {
                throw checks.violated(
                        "S8",
                        world.truth().grant(grantId) + " was acknowledged by leader " + term.revision()
                                + " and is lost; " + lagNanos / 1_000_000 + " ms lay between");
            }
        });
    }
}
