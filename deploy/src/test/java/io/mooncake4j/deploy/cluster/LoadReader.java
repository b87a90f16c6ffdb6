package io.mooncake4j.deploy.cluster;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.history.History;
import io.mooncake4j.deploy.history.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Reads keys in every way there is and checks every byte. One thread. */
final class LoadReader {
    private static final int BATCH = 6;

    private final LoadKeys keys;
    private final MooncakeClient client;
    private final Tally tally;
    private final History history;
    private final ByteBuffer own;

    private long begunNanos;
    private long endedNanos;

    LoadReader(Load.Shape shape, LoadKeys keys, MooncakeClient client, Tally tally, History history) {
        this.keys = keys;
        this.client = client;
        this.tally = tally;
        this.history = history;
        this.own = ByteBuffer.allocateDirect(shape.largestBytes());
    }

    void step() {
        begunNanos = System.nanoTime();
        switch (ThreadLocalRandom.current().nextInt(4)) {
            case 0 -> getBatch();
            case 1 -> getLeased();
            default -> getInto();
        }
    }

    private void getInto() {
        int key = keys.any();
        long gone = keys.lastRemoved(key);
        KvEntry entry = KvEntry.of(keys.name(key), own);
        KeyResult<KvEntry> result = client.getIntoBatch(List.of(entry)).get(0);
        endedNanos = System.nanoTime();
        if (counted(key, result)) {
            check(key, gone, own.duplicate().limit((int) result.sizeBytes()));
        }
    }

    private void getBatch() {
        List<Integer> chosen = new ArrayList<>();
        List<Long> gone = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            int key = keys.any();
            chosen.add(key);
            gone.add(keys.lastRemoved(key));
            names.add(keys.name(key));
        }
        List<KeyResult<byte[]>> results = client.getBatch(names);
        endedNanos = System.nanoTime();
        for (int i = 0; i < BATCH; i++) {
            if (counted(chosen.get(i), results.get(i))) {
                check(chosen.get(i), gone.get(i), ByteBuffer.wrap(results.get(i).value()));
            }
        }
    }

    private void getLeased() {
        int key = keys.any();
        long gone = keys.lastRemoved(key);
        KeyResult<KvBuffer> result =
                client.getBufferBatch(List.of(keys.name(key))).get(0);
        endedNanos = System.nanoTime();
        if (counted(key, result)) {
            try (KvBuffer buffer = result.value()) {
                check(key, gone, buffer.byteBuffer());
            }
        }
    }

    private boolean counted(int key, KeyResult<?> result) {
        tally.reads.increment();
        switch (result.status()) {
            case HIT -> tally.hits.increment();
            case MISS -> {
                tally.misses.increment();
                history.add(Operation.of(
                        Operation.Kind.READ, keys.name(key), 0, Operation.Outcome.NOTHING, begunNanos, endedNanos));
            }
            case FAILED -> {
                tally.failed("get", result.error(), result.detail(), begunNanos);
                history.add(Operation.failed(
                        Operation.Kind.READ,
                        keys.name(key),
                        0,
                        String.valueOf(result.error()),
                        begunNanos,
                        endedNanos));
            }
        }
        return result.isHit();
    }

    private void check(int key, long goneBefore, ByteBuffer value) {
        String objection = VersionedValue.objection(keys.name(key), value);
        history.add(Operation.of(
                Operation.Kind.READ,
                keys.name(key),
                objection.isEmpty() ? VersionedValue.version(value) : -1,
                Operation.Outcome.DONE,
                begunNanos,
                endedNanos));
        if (!objection.isEmpty()) {
            tally.wrong(objection, null);
            return;
        }
        long version = VersionedValue.version(value);
        if (version <= goneBefore || version > keys.lastIssued(key)) {
            tally.wrong(
                    "'" + keys.name(key) + "' came as version " + version + "; up to " + goneBefore
                            + " it had been removed, and " + keys.lastIssued(key) + " is the last one put",
                    null);
        }
    }
}
