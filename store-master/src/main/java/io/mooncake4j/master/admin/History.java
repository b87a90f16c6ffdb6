package io.mooncake4j.master.admin;

import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.http.JsonText;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/** The last minutes of a master: rates, latencies and what happened. Kept in memory, bounded. Safe for all threads. */
final class History {
    static final Duration EVERY = Duration.ofSeconds(2);

    private static final int MOST_SAMPLES = 301;

    private final MasterStatus status;
    private final Events events;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    History(MasterStatus status) {
        this.status = status;
        this.events = new Events(status);
    }

    /** To be called every {@link #EVERY}. */
    synchronized void look(long nowNanos) {
        events.look(nowNanos);
        samples.add(Sample.of(status, status.leading(), nowNanos));
        if (samples.size() > MOST_SAMPLES) {
            samples.remove();
        }
    }

    synchronized JsonText json(long nowNanos) {
        List<Sample> all = new ArrayList<>(samples);
        JsonText json = new JsonText().beginObject().field("everyMs", EVERY.toMillis());
        column(json, "ageMs", all, (before, now) -> Math.rint((nowNanos - now.nanos()) / 1e6));
        rate(json, "puts", all, (before, now) -> (double) (now.puts() - before.puts()));
        rate(json, "putBytes", all, (before, now) -> (double) (now.putBytes() - before.putBytes()));
        rate(json, "gets", all, (before, now) -> (double) (gets(now) - gets(before)));
        rate(json, "getBytes", all, (before, now) -> (double) (now.locatedBytes() - before.locatedBytes()));
        rate(json, "evicted", all, (before, now) -> (double) (now.evicted() - before.evicted()));
        column(
                json,
                "hitRatio",
                all,
                (before, now) -> (double) (now.hits() - before.hits()) / (gets(now) - gets(before)));
        column(json, "usedRatio", all, (before, now) -> (double) now.usedBytes() / now.capacityBytes());
        column(json, "getP50Us", all, (before, now) -> Sample.micros(before.getClasses(), now.getClasses(), 0.5));
        column(json, "getP99Us", all, (before, now) -> Sample.micros(before.getClasses(), now.getClasses(), 0.99));
        column(json, "putP99Us", all, (before, now) -> Sample.micros(before.putClasses(), now.putClasses(), 0.99));
        events.write(json.name("events"), nowNanos);
        return json.endObject();
    }

    private static long gets(Sample sample) {
        return sample.hits() + sample.misses();
    }

    private static void rate(
            JsonText json, String name, List<Sample> all, ToDoubleBiFunction<Sample, Sample> difference) {
        column(json, name, all, (before, now) -> difference.applyAsDouble(before, now) / now.seconds(before));
    }

    /** Between each two moments. */
    private static void column(JsonText json, String name, List<Sample> all, ToDoubleBiFunction<Sample, Sample> value) {
        json.name(name).beginArray();
        for (int i = 1; i < all.size(); i++) {
            double exact = value.applyAsDouble(all.get(i - 1), all.get(i));
            json.value(Math.rint(exact * 1000) / 1000);
        }
        json.endArray();
    }
}
