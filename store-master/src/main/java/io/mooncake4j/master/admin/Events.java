package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.master.placement.JournalStatus;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.HostPort;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an operator would want to have seen, found by comparing a master with what it was a moment ago: what came and went
 * in between is missed. For one thread at a time.
 */
final class Events {
    private enum Kind {
        GOOD,
        INFO,
        WARN,
        BAD
    }

    private record Event(long nanos, Kind kind, String text) {}

    private record Seen(String name, Segment.State state) {}

    private static final int MOST = 200;

    private final MasterStatus status;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final Map<UUID, Seen> segments = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private @Nullable MasterCore led;
    private @Nullable HostPort leader;
    private boolean ready;
    private boolean full;
    private boolean refusing;
    private long nowNanos;

    Events(MasterStatus status) {
        this.status = status;
    }

    void look(long now) {
        nowNanos = now;
        MasterCore core = status.leading();
        lookAtRole(core);
        lookAtSegments(core);
        lookAtJournal(core);
        lookAtCounts();
        led = core;
    }

    private void lookAtRole(@Nullable MasterCore core) {
        if (core != null && core != led) {
            add(Kind.GOOD, "this master leads, epoch " + core.epoch().revision());
            segments.clear();
            core.segmentTable().all().forEach(segment -> segments.put(segment.id(), seen(segment)));
        } else if (core == null && led != null) {
            add(Kind.WARN, "this master leads no more");
        }
        if (status.isReady() != ready) {
            ready = status.isReady();
            if (core == null) {
                add(
                        ready ? Kind.GOOD : Kind.WARN,
                        ready ? "this standby could take over" : "this standby is not ready");
            }
        }
        HostPort now = status.leader();
        if (now != null && !now.equals(leader) && core == null) {
            add(Kind.INFO, now + " leads");
        } else if (now == null && leader != null) {
            add(Kind.BAD, "nobody leads");
        }
        leader = now;
    }

    private static Seen seen(Segment segment) {
        return new Seen(segment.name(), segment.state());
    }

    private void lookAtSegments(@Nullable MasterCore core) {
        if (core == null) {
            segments.clear();
            return;
        }
        Map<UUID, Seen> present = new HashMap<>();
        for (Segment segment : core.segmentTable().all()) {
            Seen now = seen(segment);
            present.put(segment.id(), now);
            Seen before = segments.get(segment.id());
            if (before == null) {
                boolean well = now.state() == Segment.State.OK;
                add(well ? Kind.GOOD : Kind.WARN, "node " + now.name() + " came" + (well ? "" : ", " + now.state()));
            } else if (before.state() != now.state()) {
                Kind kind = now.state() == Segment.State.OK ? Kind.GOOD : Kind.WARN;
                add(kind, "node " + now.name() + " went from " + before.state() + " to " + now.state());
            }
        }
        segments.forEach((id, before) -> {
            if (!present.containsKey(id)) {
                add(Kind.BAD, "node " + before.name() + " is gone, and its content given up");
            }
        });
        segments.clear();
        segments.putAll(present);
    }

    private void lookAtJournal(@Nullable MasterCore core) {
        JournalStatus journal = core == null ? null : core.log().status();
        String refusal = journal == null ? null : journal.refusal();
        if (refusal != null && !refusing) {
            add(Kind.BAD, "no new puts are taken: " + refusal);
        } else if (refusal == null && refusing) {
            add(Kind.GOOD, "puts are taken again");
        }
        refusing = refusal != null;
    }

    private void lookAtCounts() {
        long found = more("full", counted -> counted.putsFull);
        if (found > 0 && !full) {
            add(Kind.WARN, "puts find no room");
        } else if (found == 0 && full) {
            add(Kind.GOOD, "puts find room again");
        }
        full = found > 0;
        told("lapsed", counted -> counted.grantsLapsed, Kind.WARN, "%d puts lapsed: their writers were silent");
        told("cut", counted -> counted.sessionsCut, Kind.WARN, "%d sessions of clients were cut");
        told("corrupt", counted -> counted.corruptReplicas, Kind.BAD, "%d corrupt replicas were dropped");
    }

    private void told(String name, Function<Counters, LongAdder> counter, Kind kind, String text) {
        long more = more(name, counter);
        if (more > 0) {
            add(kind, String.format(text, more));
        }
    }

    /** How many more since the last look; the first one finds none. */
    private long more(String name, Function<Counters, LongAdder> counter) {
        long now = status.counters().sum(counter);
        Long before = counts.put(name, now);
        return before == null ? 0 : now - before;
    }

    private void add(Kind kind, String text) {
        events.add(new Event(nowNanos, kind, text));
        if (events.size() > MOST) {
            events.remove();
        }
    }

    /** Newest first. Ages, since the monotonic clock has no date: readers have one. */
    void write(JsonText json, long now) {
        json.beginArray();
        for (Iterator<Event> newestFirst = events.descendingIterator(); newestFirst.hasNext(); ) {
            Event event = newestFirst.next();
            json.beginObject()
                    .field("ageMs", TimeUnit.NANOSECONDS.toMillis(now - event.nanos()))
                    .field("kind", event.kind().name().toLowerCase(Locale.ROOT))
                    .field("text", event.text())
                    .endObject();
        }
        json.endArray();
    }
}
