package io.mooncake4j.master.ha;

import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.wire.Epoch;

/** What a master does with the terms that it wins. Called on one thread. */
public interface Terms {
    /** A core that goes on with the state; as {@link MasterCore#takeOver}. */
    MasterCore takeOver(Epoch epoch, byte[] clusterSecret, ChangeLog log, DurableState state, long followedSinceNanos);

    /** Serves calls, as long as the leadership holds. */
    void serve(MasterCore core, Leadership leadership);

    /** Takes no new calls; what began goes on while the leadership holds. Nothing is changed in the background any more. */
    void stopServing();

    /** Who leads, as HOST:PORT; empty where nobody does or it isn't known. */
    void leaderIs(String address);
}
