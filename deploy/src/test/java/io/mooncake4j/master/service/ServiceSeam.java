package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.rpc.RpcHandler;
import java.util.function.LongSupplier;

/** The master's calls without its server, all on the calling thread. */
public final class ServiceSeam {
    private ServiceSeam() {}

    public static RpcHandler service(MasterCore core, LongSupplier nanoClock) {
        return new MasterService(core, new CallMeters(), Leadership.SOLE, nanoClock, Runnable::run);
    }
}
