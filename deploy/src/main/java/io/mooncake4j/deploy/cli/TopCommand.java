package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code top}. */
@Command(
        name = "top",
        description = {
            "Watch the cluster: nodes, use, rates, hit rate, evictions and latency.",
            "On a terminal the view is refreshed in place; otherwise each interval is one line. All figures are the"
                    + " master's. 'located' are the sizes of values whose places it told to readers: what they then read"
                    + " may be less, or more if they retry. Latencies are times at the master, from a request's arrival to"
                    + " its answer, without network and without moving bytes; percentiles are up to an eighth too large."
                    + " GB/s are 10^9 bytes a second.",
            "A master that doesn't answer is asked again until it does; exit code 1 if the last try failed."
        },
        footer = {
            "  mooncake4j top",
            "  mooncake4j top --interval 10s >>top.log",
            "  mooncake4j top --json --count 1 | jq .hit_rate"
        })
final class TopCommand extends StoreCommand {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final int LINES_PER_HEADER = 20;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "DURATION",
            defaultValue = "2s",
            description = "What rates and latencies are taken over; 100ms at least. Default ${DEFAULT-VALUE}.")
    private Duration interval = Duration.ZERO;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "End after so many intervals. Default: at Ctrl-C.")
    private @Nullable Integer count;

    private int lines;

    TopCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) throws InterruptedException {
        if (interval.compareTo(SHORTEST_INTERVAL) < 0 || (count != null && count < 1)) {
            throw wrong("--interval must be at least 100ms, --count at least 1");
        }
        Duration timeout = settings.get(ClientSettings.TIMEOUT);
        String master = settings.get(ClientSettings.MASTER).stream()
                .map(HostPort::toString)
                .collect(Collectors.joining(","));
        try (Screen screen = json || !console.screen() ? null : new Screen(console.out());
                MooncakeClient all = Clients.open(settings);
                EndOnSignal signal = EndOnSignal.begin(screen == null ? () -> {} : screen::close)) {
            MooncakeClient client = all.withTimeout(timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT);
            return watch(client, master, screen);
        }
    }

    private int watch(MooncakeClient client, String master, @Nullable Screen screen) throws InterruptedException {
        boolean answered = false;
        ClusterStatus before = null;
        int left = count == null ? -1 : count;
        for (int tick = 0; left != 0; tick++) {
            if (tick > 0) {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
            long asked = System.nanoTime();
            try {
                ClusterStatus now = client.clusterStatus();
                long roundTripNanos = System.nanoTime() - asked;
                answered = true;
                if (before != null && TopSample.comparable(before, now)) {
                    show(new TopSample(before, now, roundTripNanos), master, screen);
                    left--;
                } else if (screen != null) {
                    screen.show(List.of("measuring for " + Figures.span(interval) + " ..."), Screen.Size.now());
                }
                before = now;
            } catch (StoreException e) {
                answered = false;
                showFailure(e, master, screen);
                left--;
            }
        }
        return answered ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void show(TopSample sample, String master, @Nullable Screen screen) {
        if (screen != null) {
            screen.show(TopView.screen(sample, master), Screen.Size.now());
            return;
        }
        if (!json && lines++ % LINES_PER_HEADER == 0) {
            console.out().println(TopView.lineHeader());
        }
        if (json) {
            TopView.fields(sample).print(console.out());
        } else {
            console.out().println(TopView.line(sample));
        }
        console.out().flush();
    }

    private void showFailure(StoreException e, String master, @Nullable Screen screen) {
        if (screen != null) {
            screen.show(
                    List.of(
                            "mooncake4j top   master " + master + "   " + TimeOfDay.clock() + ", Ctrl-C ends",
                            "",
                            "no answer: " + e.getMessage(),
                            "trying again every " + Figures.span(interval)),
                    Screen.Size.now());
        } else if (json) {
            new Fields()
                    .with("time", TimeOfDay.iso())
                    .with("error", new Fields().with("code", e.code().name()).with("message", e.reason()))
                    .print(console.out());
        } else {
            console.err().println("mooncake4j top: " + TimeOfDay.clock() + " no answer: " + e.getMessage());
        }
    }
}
