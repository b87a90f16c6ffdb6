package io.mooncake4j.deploy.load;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Blocks in a mooncake4j store, moved from and into buffers of the client's own pool. Owns its client. */
public final class ClientBlockStore implements BlockStore {
    private final MooncakeClient client;
    private final List<KvBuffer> buffers = new ArrayList<>();

    /**
     * @param client whose pool has room for all slots
     * @param slots the largest batch
     */
    public ClientBlockStore(MooncakeClient client, int slots, int blockBytes) {
        this.client = client;
        for (int i = 0; i < slots; i++) {
            buffers.add(client.lease(blockBytes));
        }
    }

    @Override
    public int slots() {
        return buffers.size();
    }

    @Override
    public ByteBuffer slot(int index) {
        return buffers.get(index).byteBuffer();
    }

    @Override
    public int leadingPresent(List<String> keys) {
        int present = 0;
        for (KeyResult<?> result : client.existsBatch(keys)) {
            if (result.orThrow().isEmpty()) {
                break;
            }
            present++;
        }
        return present;
    }

    @Override
    public List<Result> read(List<String> keys) {
        List<Result> results = new ArrayList<>(keys.size());
        for (KeyResult<?> result : client.getIntoBatch(entries(keys))) {
            results.add(
                    switch (result.status()) {
                        case HIT -> Result.DONE;
                        case MISS -> Result.MISS;
                        case FAILED -> Result.failed(result.error() + ": " + result.detail());
                    });
        }
        return results;
    }

    @Override
    public List<Result> write(List<String> keys) {
        List<Result> results = new ArrayList<>(keys.size());
        for (PutResult result : client.putBatch(entries(keys))) {
            results.add(result.succeeded() ? Result.DONE : Result.failed(result.error() + ": " + result.detail()));
        }
        return results;
    }

    private List<KvEntry> entries(List<String> keys) {
        List<KvEntry> entries = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            entries.add(KvEntry.of(keys.get(i), buffers.get(i)));
        }
        return entries;
    }

    @Override
    public void close() {
        buffers.forEach(KvBuffer::close);
        client.close();
    }
}
