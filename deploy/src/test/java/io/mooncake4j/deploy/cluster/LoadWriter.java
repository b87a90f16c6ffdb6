package io.mooncake4j.deploy.cluster;

import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.history.History;
import io.mooncake4j.deploy.history.Operation;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Puts new versions, alone, in batches and in parts, and removes old ones. One thread. */
final class LoadWriter {
    private static final int BATCH = 5;

    private final int number;
    private final Load.Shape shape;
    private final LoadKeys keys;
    private final MooncakeClient client;
    private final Tally tally;
    private final History history;
    private final PutOptions options;
    /** By owned key, the version that the store was last known to hold, and to hold alone. */
    private final Map<Integer, Long> stored = new HashMap<>();

    private long begunNanos;

    LoadWriter(int number, Load.Shape shape, LoadKeys keys, MooncakeClient client, Tally tally, History history) {
        this.number = number;
        this.shape = shape;
        this.keys = keys;
        this.client = client;
        this.tally = tally;
        this.history = history;
        this.options = PutOptions.DEFAULT.withReplicaNum(shape.replicas()).withHardPin(shape.kept());
    }

    void step() {
        begunNanos = System.nanoTime();
        switch (ThreadLocalRandom.current().nextInt(8)) {
            case 0 -> remove(keys.forWriter(number));
            case 1 -> putBatch();
            case 2, 3 -> putLeased();
            default -> put(keys.forWriter(number));
        }
    }

    private int length() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int largest = random.nextInt(4) == 0 ? shape.largestBytes() : shape.largestBytes() / 16;
        return random.nextInt(VersionedValue.MIN_BYTES, largest + 1);
    }

    private void put(int key) {
        long version = keys.issue(key);
        ByteBuffer value = ByteBuffer.allocateDirect(length());
        VersionedValue.fill(keys.name(key), version, value);
        putAll(List.of(key), List.of(version), List.of(KvEntry.of(keys.name(key), value)));
    }

    private void putBatch() {
        List<Integer> chosen = new ArrayList<>();
        List<Long> versions = new ArrayList<>();
        List<KvEntry> entries = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            int key = keys.forWriter(number);
            if (chosen.contains(key)) {
                continue;
            }
            long version = keys.issue(key);
            byte[] value = VersionedValue.of(keys.name(key), version, length());
            int half = value.length / 2;
            chosen.add(key);
            versions.add(version);
            entries.add(KvEntry.of(
                    keys.name(key),
                    ByteBuffer.wrap(value, 0, half),
                    ByteBuffer.wrap(value, half, value.length - half)));
        }
        putAll(chosen, versions, entries);
    }

    private void putLeased() {
        int key = keys.forWriter(number);
        long version = keys.issue(key);
        try (KvBuffer buffer = client.lease(length())) {
            begunNanos = System.nanoTime(); // the lease was a call of its own
            VersionedValue.fill(keys.name(key), version, buffer.byteBuffer());
            putAll(List.of(key), List.of(version), List.of(KvEntry.of(keys.name(key), buffer)));
        } catch (StoreException e) {
            tally.failed("put", e.code(), e.getMessage(), begunNanos);
            history.add(failed(Operation.Kind.PUT, key, version, e.code(), begunNanos, System.nanoTime()));
        }
    }

    private void putAll(List<Integer> chosen, List<Long> versions, List<KvEntry> entries) {
        List<PutResult> results = client.putBatch(entries, options);
        long endedNanos = System.nanoTime();
        for (int i = 0; i < results.size(); i++) {
            PutResult result = results.get(i);
            int key = chosen.get(i);
            long version = versions.get(i);
            stored.remove(key);
            switch (result.status()) {
                case STORED -> {
                    history.add(of(Operation.Kind.PUT, key, version, Operation.Outcome.DONE, endedNanos));
                    tally.stores.increment();
                    stored.put(key, version);
                }
                case EXISTED -> {
                    history.add(of(Operation.Kind.PUT, key, version, Operation.Outcome.NOTHING, endedNanos));
                    tally.existed.increment();
                    if (ThreadLocalRandom.current().nextInt(3) > 0) {
                        remove(key);
                    }
                }
                case FAILED -> {
                    history.add(failed(Operation.Kind.PUT, key, version, result.error(), begunNanos, endedNanos));
                    tally.failed("put", result.error(), result.detail(), begunNanos);
                }
            }
        }
    }

    private void remove(int key) {
        if (shape.kept()) {
            return;
        }
        long removalNanos = System.nanoTime();
        try {
            client.remove(keys.name(key));
            history.add(Operation.of(
                    Operation.Kind.REMOVE, keys.name(key), 0, Operation.Outcome.DONE, removalNanos, System.nanoTime()));
            tally.removes.increment();
            Long version = stored.remove(key);
            if (version != null && !keys.shared(key)) {
                keys.removed(key, version);
            }
        } catch (StoreException e) {
            stored.remove(key);
            history.add(failed(Operation.Kind.REMOVE, key, 0, e.code(), removalNanos, System.nanoTime()));
            tally.failed("remove", e.code(), e.getMessage(), removalNanos);
        }
    }

    private Operation of(Operation.Kind kind, int key, long version, Operation.Outcome outcome, long endedNanos) {
        return Operation.of(kind, keys.name(key), version, outcome, begunNanos, endedNanos);
    }

    private Operation failed(
            Operation.Kind kind, int key, long version, ErrorCode code, long sinceNanos, long endedNanos) {
        return Operation.failed(kind, keys.name(key), version, String.valueOf(code), sinceNanos, endedNanos);
    }
}
