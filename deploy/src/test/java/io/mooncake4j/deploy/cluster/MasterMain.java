package io.mooncake4j.deploy.cluster;

import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import java.util.concurrent.CountDownLatch;

/** A master as a process of its own. Arguments: port, and the durations of {@link MasterTimes} in nanoseconds. */
final class MasterMain {
    private MasterMain() {}

    static Object[] arguments(int port, MasterTimes times) {
        return new Object[] {
            port,
            times.readLeaseNanos(),
            times.grantNanos(),
            times.cutAfterLapseNanos(),
            times.confirmCutNanos(),
            times.suspectNanos(),
            times.offlineNanos(),
            times.dropNanos()
        };
    }

    public static void main(String[] args) throws InterruptedException {
        long[] nanos = new long[args.length];
        for (int i = 1; i < args.length; i++) {
            nanos[i] = Long.parseLong(args[i]);
        }
        MasterServer master = MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", Integer.parseInt(args[0]))
                .withTimes(new MasterTimes(nanos[1], nanos[2], nanos[3], nanos[4], nanos[5], nanos[6], nanos[7])));
        System.out.println("serving " + master.port());
        new CountDownLatch(1).await();
    }
}
