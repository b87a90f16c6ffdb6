package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.safety.SafetyRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** Worlds of many seeds on all cores, until one fails. */
final class Seeds {
    private static final int SHOWN_LINES = 120;

    private final SafetyRules rules;
    private final long end;
    private final long durationNanos;
    private final AtomicLong next;
    private final AtomicLong finished = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLongArray happened = new AtomicLongArray(Happening.values().length);
    private volatile @Nullable AssertionError failure;
    private long tookNanos;

    private final int step;

    private Seeds(SafetyRules rules, long first, int step, long end, long durationNanos) {
        this.rules = rules;
        this.step = step;
        this.next = new AtomicLong(first);
        this.end = end;
        this.durationNanos = durationNanos;
    }

    /** The first so many. */
    static Seeds of(SafetyRules rules, int count) {
        return new Seeds(rules, 0, 1, count, Long.MAX_VALUE);
    }

    static Seeds only(SafetyRules rules, long seed) {
        return new Seeds(rules, seed, 1, seed + 1, Long.MAX_VALUE);
    }

    /** As many, from one on, as there is time for. */
    static Seeds within(SafetyRules rules, long first, Duration duration) {
        return new Seeds(rules, first, 1, Long.MAX_VALUE, duration.toNanos());
    }

    /** The first so many that all have one master, or that all have several. */
    static Seeds of(SafetyRules rules, boolean several, int count) {
        return new Seeds(rules, several ? 1 : 0, 2, 2L * count, Long.MAX_VALUE);
    }

    void run() throws InterruptedException {
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> work(start), "simulation-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        tookNanos = System.nanoTime() - start;
    }

    private void work(long start) {
        while (failure == null && System.nanoTime() - start < durationNanos) {
            long seed = next.getAndAdd(step);
            if (seed >= end) {
                return;
            }
            World world = new World(Plan.of(seed, rules), false);
            try {
                world.run();
            } catch (Violation e) {
                failure = explained(seed, e);
            } catch (RuntimeException | Error e) {
                failure = new AssertionError("the simulation of seed " + seed + " failed", e);
            }
            finished.incrementAndGet();
            events.addAndGet(world.scheduler().executed());
            long[] seen = world.happened();
            for (int i = 0; i < seen.length; i++) {
                happened.addAndGet(i, seen[i]);
            }
        }
    }

    /** How often each thing happened, in all runs. */
    Map<Happening, Long> happened() {
        Map<Happening, Long> counts = new EnumMap<>(Happening.class);
        for (Happening what : Happening.values()) {
            counts.put(what, happened.get(what.ordinal()));
        }
        return counts;
    }

    /** Empty: every rule was kept. */
    Optional<AssertionError> failure() {
        return Optional.ofNullable(failure);
    }

    String report() {
        double seconds = tookNanos / 1e9;
        return String.format(
                "%d seeds, %d checked events in %.1f s: %,.0f a minute%s",
                finished.get(),
                events.get(),
                seconds,
                events.get() / seconds * 60,
                failure == null
                        ? ""
                        : "; found: "
                                + String.valueOf(failure.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse(""));
    }

    /** Runs the seed once more, traced, and tells what led to the violation. */
    private AssertionError explained(long seed, Violation violation) {
        World again = new World(Plan.of(seed, rules), true);
        String outcome = "it did not happen again: the simulation is not deterministic";
        try {
            again.run();
        } catch (Violation same) {
            outcome = String.valueOf(same.getMessage());
        }
        List<String> lines = again.trace().lines();
        StringBuilder text = new StringBuilder("seed " + seed + " breaks " + violation.getMessage());
        if (!outcome.equals(violation.getMessage())) {
            text.append("\nand when run again: ").append(outcome);
        }
        lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size())
                .forEach(line -> text.append('\n').append(line));
        text.append("\nThe whole trace: ").append(write(seed, lines));
        text.append("\nThis seed alone: mvn -Dquick -pl deploy -am test -Dtest=SimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest.jvm.args=-Dsimulation.seed=" + seed);
        return new AssertionError(text.toString(), violation);
    }

    private static Path write(long seed, List<String> lines) {
        try {
            return Files.write(Path.of("target", "simulation-" + seed + ".txt"), lines)
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one seed; returns what tells its run from others. */
    static long run(long seed, SafetyRules rules, boolean traced) {
        World world = new World(Plan.of(seed, rules), traced);
        world.run();
        return world.scheduler().digest();
    }
}
