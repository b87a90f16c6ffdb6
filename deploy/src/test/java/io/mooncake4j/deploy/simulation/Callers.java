package io.mooncake4j.deploy.simulation;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.client.SteppedClient;
import io.mooncake4j.client.SteppedGet;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The callers of one life of a client process: each makes one call after the other, of whatever kind. */
final class Callers {
    private static final long SLACK_NANOS = 50_000_000L;
    private static final int MAX_BATCH = 3;
    /** Each is found in some of the world's keys. */
    private static final List<String> PATTERNS = List.of("^key-1", "[02468]$", "y-[3-5]");

    private final World world;
    private final SimProcess process;
    private final SteppedClient steps;
    /** The puts that run, by their keys: at most one a key. */
    private final Map<String, Truth.Put> puts = new HashMap<>();

    private int running;

    Callers(World world, SimProcess process, SteppedClient steps) {
        this.world = world;
        this.process = process;
        this.steps = steps;
    }

    /** Whether a call has not ended. */
    boolean busy() {
        return running > 0;
    }

    Truth.@Nullable Put running(String key) {
        return puts.get(key);
    }

    void start(int callers) {
        for (int i = 0; i < callers; i++) {
            think();
        }
    }

    private void think() {
        if (!world.settling()) {
            Scheduler scheduler = world.scheduler();
            long pause = scheduler.chance(0.1)
                    ? scheduler.between(100_000_000, 2_000_000_000)
                    : scheduler.between(1_000_000, 150_000_000);
            process.after(pause, this::call);
        }
    }

    private void call() {
        if (world.settling()) {
            return;
        }
        int kind = world.scheduler().random.nextInt(1000);
        if (kind < 450) {
            put();
        } else if (kind < 800) {
            get();
        } else if (kind < 860) {
            exists();
        } else if (kind < 980) {
            remove(world.key());
        } else if (kind < 997) {
            removeByRegex(PATTERNS.get(world.scheduler().random.nextInt(PATTERNS.size())));
        } else {
            removeAll();
        }
    }

    private List<String> keys() {
        int count = 1 + world.scheduler().random.nextInt(MAX_BATCH);
        List<String> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String key = world.key();
            if (!keys.contains(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private void put() {
        List<String> keys = keys();
        keys.removeIf(puts::containsKey);
        if (keys.isEmpty()) {
            think();
            return;
        }
        PutOptions options = options();
        List<Truth.Put> mine = new ArrayList<>(keys.size());
        List<byte[]> values = new ArrayList<>(keys.size());
        for (String key : keys) {
            byte[] value = world.newValue();
            Truth.Put put = new Truth.Put(key, value, options.getHardPin());
            puts.put(key, put);
            mine.add(put);
            values.add(value);
        }
        Runnable inTime = begin();
        say("puts", keys);
        steps.put(keys, values, options, Plan.CALL_TIMEOUT_NANOS, results -> {
            inTime.run();
            for (int i = 0; i < mine.size(); i++) {
                PutResult result = results.get(i);
                if (world.trace().on()) {
                    world.trace().add("%s put %s: %s %s", process, keys.get(i), result.status(), result.error());
                }
                puts.remove(keys.get(i));
                world.checks().calls.put(process, mine.get(i), result);
            }
            think();
        });
    }

    private PutOptions options() {
        Scheduler scheduler = world.scheduler();
        PutOptions.Builder options = PutOptions.newBuilder().setReplicaNum(1 + scheduler.random.nextInt(2));
        if (scheduler.chance(0.1)) {
            options.setSoftPinTtlMs(scheduler.between(100, 20_000));
        } else if (scheduler.chance(0.02)) {
            options.setHardPin(true);
        }
        return options.build();
    }

    private void get() {
        List<String> keys = keys();
        Runnable inTime = begin();
        say("gets", keys);
        long begun = world.scheduler().executed();
        SteppedGet[] get = new SteppedGet[1];
        get[0] = steps.get(keys, Plan.CALL_TIMEOUT_NANOS, results -> {
            inTime.run();
            for (int i = 0; i < keys.size(); i++) {
                KeyResult<byte[]> result = results.get(i);
                long object = get[0].objectId(i);
                if (world.trace().on()) {
                    world.trace()
                            .add("%s got %s: %s %s %d", process, keys.get(i), result.status(), result.error(), object);
                }
                world.checks().calls.got(process, keys.get(i), result, object, begun);
            }
            think();
        });
    }

    private void exists() {
        List<String> keys = keys();
        Runnable inTime = begin();
        say("asks for", keys);
        long begun = world.scheduler().executed();
        steps.exists(
                keys,
                Plan.CALL_TIMEOUT_NANOS,
                results -> {
                    inTime.run();
                    for (int i = 0; i < keys.size(); i++) {
                        world.checks().calls.exists(process, keys.get(i), results.get(i), begun);
                    }
                    think();
                },
                failure -> failed("exists of " + keys, inTime, failure));
    }

    void remove(String key) {
        long begun = world.scheduler().executed();
        Runnable inTime = begin();
        List<Truth.Grant> standing = standing(key::equals);
        say("removes", key);
        steps.remove(
                key,
                Plan.CALL_TIMEOUT_NANOS,
                result -> {
                    if (result.status() == KeyResult.Status.FAILED) {
                        throw world.checks().violated("remove", process + ": " + key + ": " + result.error());
                    }
                    removed(key, inTime, standing, begun);
                },
                failure -> failed("remove of " + key, inTime, failure));
    }

    private void removeByRegex(String regex) {
        long begun = world.scheduler().executed();
        Runnable inTime = begin();
        List<Truth.Grant> standing = standing(Pattern.compile(regex).asPredicate());
        say("removes what has", regex);
        steps.removeByRegex(
                regex,
                Plan.CALL_TIMEOUT_NANOS,
                count -> {
                    world.happened(Happening.REMOVED_BY_REGEX);
                    removed(regex, inTime, standing, begun);
                },
                failure -> failed("remove of what has " + regex, inTime, failure));
    }

    private void removeAll() {
        long begun = world.scheduler().executed();
        Runnable inTime = begin();
        List<Truth.Grant> standing = standing(key -> true);
        say("removes", "everything");
        steps.removeAll(
                Plan.CALL_TIMEOUT_NANOS,
                count -> {
                    world.happened(Happening.REMOVED_ALL);
                    removed("everything", inTime, standing, begun);
                },
                failure -> failed("remove of everything", inTime, failure));
    }

    /** What a removal that begins now must remove. */
    private List<Truth.Grant> standing(Predicate<String> keys) {
        return world.truth().standing(keys);
    }

    private void removed(String what, Runnable inTime, List<Truth.Grant> gone, long begun) {
        inTime.run();
        say("removed", what);
        if (!world.masters().doubtful(begun)) {
            world.checks().calls.removed(process, gone);
            world.truth().removed(gone, world.scheduler().executed());
        }
        think();
    }

    private void failed(String what, Runnable inTime, StoreException failure) {
        inTime.run();
        world.checks().calls.expected(process, what, failure.code());
        think();
    }

    /** A call begins; what is returned is to run at its end. */
    private Runnable begin() {
        running++;
        long before = process.nowNanos() - process.pausedNanos();
        return () -> {
            running--;
            long took = process.nowNanos() - process.pausedNanos() - before;
            world.checks().calls.inTime(process, took - Plan.CALL_TIMEOUT_NANOS - SLACK_NANOS);
        };
    }

    private void say(String does, Object what) {
        if (world.trace().on()) {
            world.trace().add("%s %s %s", process, does, what);
        }
    }
}
