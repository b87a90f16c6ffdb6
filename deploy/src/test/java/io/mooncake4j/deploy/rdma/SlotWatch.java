package io.mooncake4j.deploy.rdma;

import io.mooncake4j.deploy.cluster.TestCluster;
import io.mooncake4j.deploy.cluster.VersionedValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Where the only node of a store has room for one large value: its memory as it is at the moment. */
final class SlotWatch implements AutoCloseable {
    /** The file's first page is its header. */
    private static final int HEADER_BYTES = 4096;

    private static final int TRIES = 20;
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_NANOS = 100_000;
    private static final AtomicLong VERSIONS = new AtomicLong();

    private final FileChannel channel;
    private final ByteBuffer memory;

    /** @param bytes of the value; when this is closed, the node, if of this process, loses its lock of the file */
    SlotWatch(TestCluster cluster, int bytes) {
        this(cluster, bytes, 1);
    }

    private SlotWatch(TestCluster cluster, int bytes, int regions) {
        try {
            channel = FileChannel.open(cluster.memoryDirectory().resolve("node-0.segment"), StandardOpenOption.READ);
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, HEADER_BYTES, (long) regions * bytes);
            boolean used = regions > 1 && all.getLong(0) != 0;
            memory = all.slice(used ? bytes : 0, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a node with two regions of that size, one of them with other values. */
    static SlotWatch besideOthers(TestCluster cluster, int bytes) {
        return new SlotWatch(cluster, bytes, 2);
    }

    /**
     * Lets a process put values until it was stopped when one had begun and wasn't near its end.
     *
     * @param remove removes a key whose put has ended, so that the next one has room
     * @return the value's version, which no other one has; its key is {@link #key}
     */
    long freezeInMidWrite(Writer writer, Consumer<String> remove) {
        for (int i = 0; i < TRIES; i++) {
            long version = VERSIONS.incrementAndGet();
            String key = key(version);
            byte[] value = VersionedValue.of(key, version, memory.capacity());
            writer.put(key, version, value.length);
            awaitFirstBytes(version);
            writer.stopAtOnce();
            writer.process().freeze(); // waits until it has stopped
            if (!holds(value, value.length / 4 * 3)) {
                return version;
            }
            writer.process().thaw();
            writer.process().awaitLine(key);
            remove.accept(key);
        }
        throw new AssertionError("no put was stopped in its middle, " + writer.process());
    }

    /**
     * Lets processes put a value each until one was killed when it had begun and wasn't near its end.
     *
     * @param connected makes the writer a process that is connected
     * @param remove removes a key whose put may have ended
     * @return the value's version
     */
    long killInMidWrite(Writer writer, Runnable connected, Consumer<String> remove) {
        for (int i = 0; i < TRIES; i++) {
            connected.run();
            long version = VERSIONS.incrementAndGet();
            String key = key(version);
            byte[] value = VersionedValue.of(key, version, memory.capacity());
            writer.put(key, version, value.length);
            awaitFirstBytes(version);
            writer.kill();
            if (!holds(value, value.length / 4 * 3)) {
                return version;
            }
            remove.accept(key);
        }
        throw new AssertionError("no put was met in its middle");
    }

    /** Of a value of that version. */
    private void awaitFirstBytes(long version) {
        long endNanos = System.nanoTime() + LONGEST.toNanos();
        while (memory.getLong(0) != version) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("version " + version + " doesn't come");
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    static String key(long version) {
        return "late-" + version;
    }

    /** Whether the eight bytes from a place on are a value's. */
    boolean holds(byte[] value, int at) {
        return memory.getLong(at) == ByteBuffer.wrap(value).getLong(at);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
