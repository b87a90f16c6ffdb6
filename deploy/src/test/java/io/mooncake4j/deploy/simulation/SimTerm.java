package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.MasterCore;
import java.util.UUID;

/** The state under one epoch, in the process that made it. */
interface SimTerm {
    SimProcess process();

    MasterCore core();

    /** Whether this term made the grant: others know nothing of it, and it means nothing to them. */
    boolean made(long grantId);

    /** Whether everything that this term said about what the object has at the segment is durable. */
    boolean settled(long objectId, UUID segmentId);

    /** Whether no other has won since: what it says is the store's word. */
    boolean rightful();

    /** Every byte of memory belongs to an object, to a grant, to what waits to be free, or is free. */
    void audit();
}
