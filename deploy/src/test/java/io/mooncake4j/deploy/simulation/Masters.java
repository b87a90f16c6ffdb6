package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.wire.Epoch;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The masters of a world. */
interface Masters {
    /** The one that leads, and may say so; null: none does. */
    @Nullable
    SimTerm leading();

    /** The one that led, or leads, under the epoch. */
    SimTerm termOf(Epoch epoch);

    /** Runs when the process has found whom it takes for the leader; at once if it knows. */
    void find(SimProcess caller, Consumer<Endpoint> found);

    /** The caller has no more use of that one. */
    void gaveUp(SimProcess caller, Endpoint endpoint);

    /** Something that goes wrong with a master. */
    void fault();

    /** Nothing goes wrong any more, and who is dead starts again. */
    void heal();

    /** Whether the grant's object became visible for good, unless it was removed since. */
    boolean stands(Truth.Grant grant);

    /** Whether what outlives masters does not have the grant's object. */
    boolean durablyGone(Truth.Grant grant);

    /** The same of what that segment had of it. */
    boolean durablyGone(Truth.Grant grant, UUID segmentId);

    /** Whether answers that left since that event may be of a leader whose place somebody took by hand. */
    boolean doubtful(long sinceEvent);
}
