package io.mooncake4j.deploy.history;

import io.mooncake4j.deploy.history.Operation.Kind;
import io.mooncake4j.deploy.history.Operation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Holds what clients were told against what a store may tell, key by key, for a store in which nothing is evicted and no
 * version is put twice:
 *
 * <ul>
 *   <li>a read finds a version that somebody has put, or tried to put, before the read ended;
 *   <li>a version that was removed, or whose key another version has taken since, is never read again by a read that began
 *       after that was acknowledged;
 *   <li>a version whose put was acknowledged is there until somebody may have removed it, unless an outage allows
 *       otherwise;
 *   <li>no call takes longer than its deadline, and a little.
 * </ul>
 *
 * A call whose outcome isn't known may have happened at any time after it began, or not at all.
 */
public final class HistoryChecker {
    /** Before the begin of an outage: with "async" puts go on for 200 ms after etcd fell silent; scheduling adds to it. */
    static final Duration TAIL = Duration.ofSeconds(1);

    private static final int MOST = 20;

    private final List<Outage> outages;
    private final Duration longestCall;

    public HistoryChecker(List<Outage> outages, Duration longestCall) {
        this.outages = List.copyOf(outages);
        this.longestCall = longestCall;
    }

    /** What the store must not have answered; empty: all is right. Reports the first few. */
    public List<String> objections(List<Operation> all) {
        Map<String, List<Operation>> byKey = new HashMap<>();
        for (Operation operation : all) {
            byKey.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation);
        }
        Stream<String> late = all.stream()
                .filter(each -> each.tookNanos() > longestCall.toNanos())
                .map(each ->
                        "it ended " + Duration.ofNanos(each.tookNanos()).toMillis() + " ms after it began: " + each);
        return Stream.concat(late, byKey.values().stream().flatMap(operations -> new OneKey(operations).objections()))
                .limit(MOST)
                .toList();
    }

    private final class OneKey {
        private final Map<Long, Operation> puts = new HashMap<>();
        private final List<Operation> operations;
        private final List<Operation> removes = new ArrayList<>();
        /** By version, when the first read that found it had ended. */
        private final Map<Long, Long> firstRead = new HashMap<>();
        /**
         * Removals, and puts that took the key's place for certain when they were answered: by when one of them began, the
         * one that ended first of those that began no sooner.
         */
        private final TreeMap<Long, Operation> ends = new TreeMap<>();

        OneKey(List<Operation> operations) {
            this.operations = operations;
            for (Operation each : operations) {
                switch (each.kind()) {
                    case PUT -> puts.put(each.version(), each);
                    case REMOVE -> removes.add(each);
                    case READ -> {
                        if (each.outcome() == Outcome.DONE) {
                            firstRead.merge(each.version(), each.endedNanos(), Math::min);
                        }
                    }
                }
            }
            Stream.concat(removes.stream(), puts.values().stream().filter(this::tookThePlace))
                    .filter(each -> each.outcome() == Outcome.DONE)
                    .sorted(Comparator.comparingLong(Operation::begunNanos).reversed())
                    .forEach(each -> ends.put(each.begunNanos(), firstEnded(each)));
        }

        private boolean tookThePlace(Operation put) {
            return outages.stream().noneMatch(outage -> forgives(outage, put));
        }

        private Operation firstEnded(Operation each) {
            return ends.isEmpty() || ends.firstEntry().getValue().endedNanos() - each.endedNanos() > 0
                    ? each
                    : ends.firstEntry().getValue();
        }

        Stream<String> objections() {
            Stream<String> reads = operations.stream()
                    .filter(each -> each.is(Kind.READ, Outcome.DONE))
                    .flatMap(this::objectionsToRead);
            return Stream.concat(reads, objectionsToAbsence());
        }

        private Stream<String> objectionsToRead(Operation read) {
            Operation put = puts.get(read.version());
            if (put == null || put.begunNanos() - read.endedNanos() > 0) {
                return Stream.of("nobody had put what came: " + read);
            }
            if (put.outcome() == Outcome.NOTHING) {
                return Stream.of("what came is of a put that was told that the key is taken: " + read + "; " + put);
            }
            Map.Entry<Long, Operation> end = ends.ceilingEntry(visibleSince(put));
            return end == null || end.getValue().endedNanos() - read.begunNanos() > 0
                    ? Stream.empty()
                    : Stream.of("what was gone came back: " + read + "; " + put + "; " + end.getValue());
        }

        /** From then on it is certain that the version had become visible once; it can't become visible again. */
        private long visibleSince(Operation put) {
            if (put.outcome() == Outcome.DONE) {
                return put.endedNanos();
            }
            Long read = firstRead.get(put.version());
            return read == null ? Long.MAX_VALUE : Math.max(read, put.endedNanos());
        }

        /** Every answer that says that a version isn't there is held against the put that was acknowledged last before it. */
        private Stream<String> objectionsToAbsence() {
            TreeMap<Long, Operation> stored = new TreeMap<>();
            puts.values().stream()
                    .filter(put -> put.outcome() == Outcome.DONE)
                    .forEach(put -> stored.put(put.endedNanos(), put));
            return operations.stream()
                    .filter(each -> each.is(Kind.READ, Outcome.NOTHING)
                            || each.is(Kind.READ, Outcome.DONE)
                            || each.is(Kind.PUT, Outcome.DONE))
                    .flatMap(answer -> {
                        Map.Entry<Long, Operation> before = stored.floorEntry(answer.begunNanos());
                        return before == null || before.getValue().version() == answer.version()
                                ? Stream.empty()
                                : objectionsToAbsence(before.getValue(), answer);
                    });
        }

        private Stream<String> objectionsToAbsence(Operation put, Operation answer) {
            boolean removed = removes.stream().anyMatch(each -> mayFollow(put, each, answer));
            boolean excused = outages.stream()
                    .anyMatch(outage -> outage.begunNanos() - answer.endedNanos() <= 0
                            && (forgives(outage, put) || missed(outage, put, answer)));
            return removed || excused
                    ? Stream.empty()
                    : Stream.of("what was acknowledged is lost: " + put + "; " + answer);
        }

        /** A removal, or a put in its place, may have happened after the put and before the answer. */
        private boolean mayFollow(Operation put, Operation each, Operation answer) {
            boolean after = each.outcome() == Outcome.UNKNOWN || each.endedNanos() - put.begunNanos() > 0;
            return after && each.begunNanos() - answer.endedNanos() < 0;
        }

        /** It wasn't found while its node was away, or was replaced meanwhile. */
        private boolean missed(Outage outage, Operation put, Operation answer) {
            return outage.allows() == Outage.Allows.MISSES
                    && (outage.overlaps(answer)
                            || puts.values().stream()
                                    .anyMatch(each -> each != put
                                            && outage.overlaps(each)
                                            && each.outcome() != Outcome.NOTHING
                                            && mayFollow(put, each, answer)));
        }
    }

    /** What this put stored may be gone for good. */
    private static boolean forgives(Outage outage, Operation put) {
        boolean before = put.begunNanos() - outage.endedNanos() <= 0;
        return switch (outage.allows()) {
            case NOTHING, MISSES -> false;
            case LOSS -> before;
            case FORGETTING_THE_TAIL -> before && put.endedNanos() - outage.begunNanos() >= -TAIL.toNanos();
        };
    }
}
