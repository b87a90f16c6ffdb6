package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.rpc.RpcHandler;
import java.util.function.LongSupplier;

/** The master's calls without its server, all on the calling thread. */
public final class ServiceSeam {
    private ServiceSeam() {}

    public static RpcHandler service(MasterCore core, LongSupplier nanoClock) {
        return service(core, Leadership.SOLE, nanoClock);
    }

    static RpcHandler service(MasterCore core, Leadership leadership, LongSupplier nanoClock) {
        return new MasterService(core, new CallMeters(), leadership, nanoClock, Runnable::run);
    }

    /** What stands before the calls of a master among several. */
    public static final class Gate {
        private final LeaderGate gate = new LeaderGate();

        public void open(MasterCore core, Leadership leadership, LongSupplier nanoClock) {
            gate.open(service(core, leadership, nanoClock), leadership);
        }

        public void close() {
            gate.close();
        }

        public void leaderIs(String address) {
            gate.leaderIs(address);
        }

        public void handle(RpcCall call) {
            gate.handle(call);
        }
    }
}
