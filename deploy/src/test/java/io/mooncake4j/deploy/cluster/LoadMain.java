package io.mooncake4j.deploy.cluster;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.history.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Load} as a process of its own. Says again and again {@code wall} with its time of day in milliseconds, and
 * {@code progress} with how many values it has stored and found; at the end {@code right}. The line {@code pause NAME} lets
 * the calls that are running end, and all that it did be in its history, and is answered by {@code NAME .}; {@code go} lets
 * it go on; {@code fast} lets it make some 2,000 calls a second, and {@code slow} some 300 again; any other line ends it.
 * Arguments: masters; and for a history, with calls that may fail: the prefix of its keys, whether checksums are on, and the
 * file.
 */
public final class LoadMain {
    /** How many keys it has. */
    public static final int KEYS = 300;

    /** When its calls give up. */
    public static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final long SAY_EVERY_MILLIS = 50;

    private LoadMain() {}

    /** The name of one of its keys. */
    public static String key(String prefix, int number) {
        return LoadKeys.name(prefix, number);
    }

    public static void main(String[] args) throws IOException {
        boolean historic = args.length > 1;
        boolean checksums = !historic || Boolean.parseBoolean(args[2]);
        ScheduledExecutorService sayer =
                Executors.newSingleThreadScheduledExecutor(); // not a Timer: that goes by the wall clock
        try (History history = historic ? History.to(Path.of(args[3])) : History.none();
                MooncakeClient one = client(args[0], checksums);
                MooncakeClient other = client(args[0], checksums);
                Load load = Load.start(
                        new Load.Shape(2, 2, KEYS, 32 << 10, 1, false, checksums),
                        Load.Pace.SLOW,
                        historic ? args[1] : "load",
                        history,
                        List.of(one, other))) {
            if (historic) {
                load.faultBegins();
            }
            ScheduledFuture<?> saying =
                    sayer.scheduleWithFixedDelay(() -> say(load.tally()), 0, SAY_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            obey(load, history);
            saying.cancel(false);
            System.out.println("right " + load.stop().assertRight());
        } finally {
            sayer.shutdown();
        }
    }

    private static MooncakeClient client(String masters, boolean checksums) {
        return MooncakeClient.builder()
                .masters(masters)
                .checksums(checksums)
                .localBufferBytes(16 << 20)
                .operationTimeout(TIMEOUT)
                .build();
    }

    private static void obey(Load load, History history) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        while (line != null) {
            if (line.startsWith("pause ")) {
                load.pause();
                history.flush();
                System.out.println(line.substring("pause ".length()) + " .");
            } else if (line.equals("go")) {
                load.resume();
            } else if (line.equals("fast")) {
                load.go(Load.Pace.FAST);
            } else if (line.equals("slow")) {
                load.go(Load.Pace.SLOW);
            } else {
                return;
            }
            line = in.readLine();
        }
    }

    private static void say(Tally tally) {
        System.out.println("wall " + System.currentTimeMillis());
        System.out.println("progress " + tally.stores() + " " + tally.hits());
    }
}
