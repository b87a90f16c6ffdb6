package io.mooncake4j.deploy.soak;

import io.mooncake4j.deploy.replay.Replay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A workload in a process of its own, for faults to hit. Arguments: masters, bytes of a block, threads, speed, seed, the
 * file for its counts, and a trace or nothing.
 */
final class VictimClient {
    private static final long TELL_EVERY_MILLIS = 100;

    private VictimClient() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Workload workload = new Workload(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), true);
        Path counts = Path.of(args[5]);
        Path trace = args.length > 6 ? Path.of(args[6]) : null;
        try (Replay replay = workload.replay(trace, Double.parseDouble(args[3]), Long.parseLong(args[4]))) {
            replay.start();
            System.out.println("running " + ProcessHandle.current().pid());
            while (!replay.await(TELL_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                Counts.of(replay.tally()).write(counts);
            }
        }
    }
}
