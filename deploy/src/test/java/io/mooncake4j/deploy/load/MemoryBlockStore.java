package io.mooncake4j.deploy.load;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store in a map: evicts in LRU order, and lies or fails where a test tells it to. */
public final class MemoryBlockStore implements BlockStore {
    public final Map<String, byte[]> objects = new LinkedHashMap<>(16, 0.75f, true);
    public final Map<String, Result> failures = new HashMap<>();
    private final int capacity;
    private final ByteBuffer[] slots;

    /** Evicted between the question whether it is there and the read. */
    @Nullable
    public String evictedBeforeRead;

    public final AtomicInteger reads = new AtomicInteger();
    public final AtomicInteger writes = new AtomicInteger();

    public MemoryBlockStore(int capacity, int slots, int blockBytes) {
        this.capacity = capacity;
        this.slots = new ByteBuffer[slots];
        for (int i = 0; i < slots; i++) {
            this.slots[i] = ByteBuffer.allocateDirect(blockBytes);
        }
    }

    @Override
    public int slots() {
        return slots.length;
    }

    @Override
    public ByteBuffer slot(int index) {
        return slots[index];
    }

    @Override
    public int leadingPresent(List<String> keys) {
        int present = 0;
        while (present < keys.size() && objects.containsKey(keys.get(present))) {
            present++;
        }
        return present;
    }

    @Override
    public List<Result> read(List<String> keys) {
        reads.incrementAndGet();
        if (evictedBeforeRead != null) {
            objects.remove(evictedBeforeRead);
        }
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            byte[] object = objects.get(keys.get(i));
            if (object != null) {
                slots[i].put(0, object);
            }
            Result found = object == null ? Result.MISS : Result.DONE;
            results.add(failures.getOrDefault(keys.get(i), found));
        }
        return results;
    }

    @Override
    public List<Result> write(List<String> keys) {
        writes.incrementAndGet();
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            byte[] object = new byte[slots[i].capacity()];
            slots[i].get(0, object);
            objects.put(keys.get(i), object);
            if (objects.size() > capacity) {
                objects.remove(objects.keySet().iterator().next());
            }
            results.add(failures.getOrDefault(keys.get(i), Result.DONE));
        }
        return results;
    }

    @Override
    public void close() {}
}
