package io.mooncake4j.bench;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.KvBuffer;
import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientMetrics;
import io.mooncake4j.client.PutResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Puts and gets of equal values from and into leased buffers, batch by batch, on one thread. Every get asks the master. */
final class WholeStore implements AutoCloseable {
    private final MooncakeClient client;
    private final int valueBytes;
    private final List<KvBuffer> buffers = new ArrayList<>();
    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private int runs;

    /** @param client which this closes, with a pool for a batch */
    WholeStore(MooncakeClient client, int valueBytes, int batch) {
        this.client = client;
        this.valueBytes = valueBytes;
        new MooncakeClientMetrics(client).bindTo(metrics);
        for (int i = 0; i < batch; i++) {
            buffers.add(client.lease(valueBytes));
        }
    }

    /** Puts new values and takes them away again, which isn't counted. MiB a second; NaN if not all went by RDMA. */
    double put(int values) {
        String prefix = "put-" + runs++ + "/";
        double speed = put(prefix, values);
        remove(prefix, values);
        return speed;
    }

    /** Writes what {@link #get} reads. */
    void prepare(int values) {
        put("get/", values);
    }

    private double put(String prefix, int values) {
        long tcpBytes = tcpBytes();
        long startNanos = System.nanoTime();
        for (int done = 0; done < values; done += buffers.size()) {
            for (int i = 0; i < buffers.size(); i++) {
                buffers.get(i).byteBuffer().putLong(0, done + i);
            }
            for (PutResult result : client.putBatch(entries(prefix, done))) {
                if (result.status() != PutResult.Status.STORED) {
                    throw new IllegalStateException("put: " + result);
                }
            }
        }
        return speed(values, startNanos, tcpBytes);
    }

    /** Reads what {@link #prepare} wrote. MiB a second; NaN if not all came by RDMA. */
    double get(int values) {
        long tcpBytes = tcpBytes();
        long startNanos = System.nanoTime();
        for (int done = 0; done < values; done += buffers.size()) {
            for (KeyResult<KvEntry> result : client.getIntoBatch(entries("get/", done))) {
                if (!result.isHit()) {
                    throw new IllegalStateException("get: " + result);
                }
            }
            for (int i = 0; i < buffers.size(); i++) {
                ByteBuffer bytes = buffers.get(i).byteBuffer();
                if (bytes.getLong(0) != done + i) {
                    throw new IllegalStateException("wrong bytes: value " + (done + i) + " is " + bytes.getLong(0));
                }
            }
        }
        return speed(values, startNanos, tcpBytes);
    }

    private double speed(int values, long startNanos, long tcpBytes) {
        double mebibytes = (double) values * valueBytes / (1 << 20);
        double speed = mebibytes * 1e9 / (System.nanoTime() - startNanos);
        return tcpBytes() == tcpBytes ? speed : Double.NaN;
    }

    private long tcpBytes() {
        double sum = 0;
        for (FunctionCounter counter :
                metrics.find("mooncake4j.client.transferred").tag("transport", "tcp").functionCounters()) {
            sum += counter.count();
        }
        return (long) sum;
    }

    private List<KvEntry> entries(String prefix, int first) {
        List<KvEntry> entries = new ArrayList<>(buffers.size());
        for (int i = 0; i < buffers.size(); i++) {
            entries.add(KvEntry.of(prefix + (first + i), buffers.get(i)));
        }
        return entries;
    }

    private void remove(String prefix, int values) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            keys.add(prefix + i);
        }
        client.removeBatch(keys);
    }

    @Override
    public void close() {
        buffers.forEach(KvBuffer::close);
        client.close();
    }
}
