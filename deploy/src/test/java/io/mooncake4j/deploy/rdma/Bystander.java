package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A client that reads its values over RDMA all the time, to whom faults of others mean nothing. */
final class Bystander implements AutoCloseable {
    private static final int VALUES = 8;
    private static final int BYTES = 256 << 10;

    private final ObservedClient observed;
    private final Thread thread = new Thread(this::readOn, "bystander");
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    Bystander(TestCluster store, TestDevice device, int bufferBytes) {
        observed = ObservedClient.of(
                RdmaSetup.client(store.clientBuilder(false), RdmaSetup.options(device.name(), RdmaSetup.USUAL_WINDOW))
                        .localBufferBytes(bufferBytes));
        for (int i = 0; i < VALUES; i++) {
            KvEntry entry = KvEntry.of(key(i), VersionedValue.of(key(i), 1, BYTES));
            PutResult put = observed.client().put(entry, PutOptions.DEFAULT.withHardPin(true));
            assertThat(put.succeeded()).as(put.detail()).isTrue();
        }
        thread.start();
    }

    private static String key(long number) {
        return "bystander/" + number;
    }

    private void readOn() {
        try {
            while (!stopped) {
                String key = key(reads.get() % VALUES);
                byte[] found = observed.client().get(key).orElseThrow();
                assertThat(VersionedValue.objection(key, ByteBuffer.wrap(found)))
                        .isEmpty();
                reads.incrementAndGet();
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    MooncakeClient client() {
        return observed.client();
    }

    /** Waits until each of its values was read and right once more. */
    void awaitAllRight() {
        long until = reads.get() + VALUES + 1;
        await().until(() -> reads.get() >= until || failure != null);
        assertThat(failure).isNull();
        assertThat(observed.tcpBytes()).as("bytes by TCP").isZero();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
        observed.close();
    }
}
