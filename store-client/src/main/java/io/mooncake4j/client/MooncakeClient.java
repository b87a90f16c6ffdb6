package io.mooncake4j.client;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.ListSegmentsRequest;
import io.mooncake4j.transfer.wire.proto.ListSegmentsResponse;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.mooncake4j.transfer.wire.proto.RemoveByRegexRequest;
import io.mooncake4j.transfer.wire.proto.RemovedResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Puts values into a store and gets them back. Safe for all threads; one client is enough for a process.
 *
 * <pre>{@code
 * try (MooncakeClient client = MooncakeClient.builder().masters("10.0.0.1:50051").build()) {
 *     client.put("greeting", "hello".getBytes(UTF_8));
 *     Optional<byte[]> value = client.get("greeting"); // empty: not there, or evicted
 *
 *     try (KvBuffer block = client.lease(1 << 20)) { // moved without a copy
 *         fill(block.byteBuffer());
 *         client.put("block/1", block);
 *     }
 *     List<KvEntry> layers = List.of(KvEntry.of("block/2", keyPart, valuePart), KvEntry.of("block/3", other));
 *     for (KeyResult<KvEntry> result : client.getIntoBatch(layers)) {
 *         use(result.isHit());
 *     }
 * }
 * }</pre>
 *
 * <p><b>Values</b> are immutable: putting a key that can be read keeps the old value and succeeds as EXISTED. A value has
 * one byte at least. A get delivers exactly the bytes that were put, or nothing: what it has left in a caller's buffer
 * without a hit means nothing.
 *
 * <p><b>Results.</b> A key that isn't there is an empty answer, never an exception. Single calls throw a {@link
 * StoreException} when they fail; batch calls never do, but for closed clients and buffers: each key has its own result,
 * in the order of the keys. A key given twice is sent once: its put's result, or a copy of the value got, is given twice.
 *
 * <p><b>Time.</b> Every call ends at its deadline: the operation timeout, counted from the call, also for asynchronous
 * ones. Until then it tries again by itself what may pass: a full store, somebody else's put of the key, a lost
 * connection, a node that failed. An interrupted thread's call ends early with a typed error; the flag is kept.
 *
 * <p><b>Asynchronous calls</b> run on the client's own threads, also what is chained to their futures without an executor;
 * beyond the bound they fail with OVERLOADED. Cancelling a future doesn't stop its call; leased buffers that the future
 * of the call itself can't deliver any more are closed.
 */
public final class MooncakeClient implements AutoCloseable {
    private static final List<KvEntry> NO_ENTRIES = List.of();

    private final ClientContext context;
    private final StoreCalls calls;
    private final Invocations invocations;
    private final Duration timeout;

    MooncakeClient(ClientContext context, Invocations invocations, Duration timeout) {
        this.context = context;
        this.calls = new StoreCalls(context);
        this.invocations = invocations;
        this.timeout = timeout;
    }

    public static MooncakeClientBuilder builder() {
        return new MooncakeClientBuilder();
    }

    /**
     * A client by environment variables: MOONCAKE_MASTER, which must be set, and the others of {@link ClientSettings}.
     * Further names of Mooncake's (MC_*, MOONCAKE_*) that are set are named in one warning.
     *
     * @throws StoreException INVALID_PARAMS if a variable can't be used
     */
    public static MooncakeClient fromEnvironment() {
        return ClientSettings.builder(System.getenv()).build();
    }

    /** This client with another operation timeout. It shares everything, its close included. */
    public MooncakeClient withTimeout(Duration operationTimeout) {
        return new MooncakeClient(
                context, invocations, MooncakeClientBuilder.positive("operationTimeout", operationTimeout));
    }

    /**
     * Leases memory whose bytes move without a copy. Waits for others to close theirs until the deadline.
     *
     * @throws StoreException BUFFER_OVERFLOW if the client's pool is smaller; OVERLOADED if nothing came free; CLOSED
     */
    public KvBuffer lease(int bytes) {
        return invocations.run(NO_ENTRIES, () -> KvBuffer.lease(context.pool(), bytes, deadline()));
    }

    // put

    /** Puts an array's bytes. */
    public PutResult put(String key, byte[] value) {
        return put(KvEntry.of(key, value), PutOptions.DEFAULT);
    }

    /** Puts the bytes from each buffer's position to its limit, one buffer after the other. */
    public PutResult put(String key, ByteBuffer... parts) {
        return put(KvEntry.of(key, parts), PutOptions.DEFAULT);
    }

    /** Puts all bytes of leased buffers, one buffer after the other. */
    public PutResult put(String key, KvBuffer... parts) {
        return put(KvEntry.of(key, parts), PutOptions.DEFAULT);
    }

    public PutResult put(KvEntry entry, PutOptions options) {
        return putBatch(List.of(entry), options).get(0).orThrow();
    }

    public CompletableFuture<PutResult> putAsync(KvEntry entry) {
        return putAsync(entry, PutOptions.DEFAULT);
    }

    public CompletableFuture<PutResult> putAsync(KvEntry entry, PutOptions options) {
        return putBatchAsync(List.of(entry), options)
                .thenApply(results -> results.get(0).orThrow());
    }

    public List<PutResult> putBatch(List<KvEntry> entries) {
        return putBatch(entries, PutOptions.DEFAULT);
    }

    public List<PutResult> putBatch(List<KvEntry> entries, PutOptions options) {
        return invocations.run(entries, () -> calls.put(entries, options, deadline()));
    }

    public CompletableFuture<List<PutResult>> putBatchAsync(List<KvEntry> entries) {
        return putBatchAsync(entries, PutOptions.DEFAULT);
    }

    public CompletableFuture<List<PutResult>> putBatchAsync(List<KvEntry> entries, PutOptions options) {
        Deadline deadline = deadline();
        List<KvEntry> own = List.copyOf(entries);
        return invocations.submit(own, () -> calls.put(own, options, deadline));
    }

    // get

    /** The value in a new array. */
    public Optional<byte[]> get(String key) {
        return getBatch(List.of(key)).get(0).orThrow();
    }

    public CompletableFuture<Optional<byte[]>> getAsync(String key) {
        return getBatchAsync(List.of(key)).thenApply(results -> results.get(0).orThrow());
    }

    public List<KeyResult<byte[]>> getBatch(List<String> keys) {
        return invocations.run(NO_ENTRIES, () -> calls.get(keys, MooncakeClient::array, deadline()));
    }

    public CompletableFuture<List<KeyResult<byte[]>>> getBatchAsync(List<String> keys) {
        Deadline deadline = deadline();
        List<String> own = List.copyOf(keys);
        return invocations.submit(NO_ENTRIES, () -> calls.get(own, MooncakeClient::array, deadline));
    }

    private static Target<byte[]> array(int index) {
        return new Target.Array();
    }

    /** The value in a leased buffer, which the caller closes. */
    public Optional<KvBuffer> getBuffer(String key) {
        return getBufferBatch(List.of(key)).get(0).orThrow();
    }

    public CompletableFuture<Optional<KvBuffer>> getBufferAsync(String key) {
        Deadline deadline = deadline();
        List<String> keys = List.of(key);
        return invocations.submit(
                NO_ENTRIES,
                () -> calls.get(keys, leased(deadline), deadline).get(0).orThrow(),
                buffer -> buffer.ifPresent(KvBuffer::close));
    }

    /** The values in leased buffers, which the caller closes. Those that find no room in the pool fail. */
    public List<KeyResult<KvBuffer>> getBufferBatch(List<String> keys) {
        return invocations.run(NO_ENTRIES, () -> {
            Deadline deadline = deadline();
            return calls.get(keys, leased(deadline), deadline);
        });
    }

    public CompletableFuture<List<KeyResult<KvBuffer>>> getBufferBatchAsync(List<String> keys) {
        Deadline deadline = deadline();
        List<String> own = List.copyOf(keys);
        return invocations.submit(
                NO_ENTRIES, () -> calls.get(own, leased(deadline), deadline), MooncakeClient::closeAll);
    }

    private static void closeAll(List<KeyResult<KvBuffer>> results) {
        for (KeyResult<KvBuffer> result : results) {
            KvBuffer buffer = result.value();
            if (buffer != null) {
                buffer.close();
            }
        }
    }

    /** Only the first waits for room: later ones might wait for what their own call holds. */
    private IntFunction<Target<KvBuffer>> leased(Deadline deadline) {
        return i -> new Target.Leased(context.pool(), i == 0 ? deadline : Deadline.afterNanos(0));
    }

    /**
     * Gets a value into the caller's buffers, filled one after the other; positions and limits stay.
     *
     * @return the value's size; empty: the key isn't there
     * @throws StoreException BUFFER_OVERFLOW if the value is larger than the buffers together
     */
    public OptionalLong getInto(KvEntry entry) {
        KeyResult<KvEntry> result = getIntoBatch(List.of(entry)).get(0);
        return result.orThrow().isPresent() ? OptionalLong.of(result.sizeBytes()) : OptionalLong.empty();
    }

    /** As {@link #getInto(KvEntry)}. */
    public OptionalLong getInto(String key, byte[] target) {
        return getInto(KvEntry.of(key, target));
    }

    /** As {@link #getInto(KvEntry)}, from each buffer's position to its limit. */
    public OptionalLong getInto(String key, ByteBuffer... targets) {
        return getInto(KvEntry.of(key, targets));
    }

    /** As {@link #getInto(KvEntry)}. */
    public OptionalLong getInto(String key, KvBuffer... targets) {
        return getInto(KvEntry.of(key, targets));
    }

    public CompletableFuture<OptionalLong> getIntoAsync(KvEntry entry) {
        return getIntoBatchAsync(List.of(entry)).thenApply(results -> {
            KeyResult<KvEntry> result = results.get(0);
            return result.orThrow().isPresent() ? OptionalLong.of(result.sizeBytes()) : OptionalLong.empty();
        });
    }

    /** Gets values into the entries' buffers. A hit's entry is the one given; its size is in the result. */
    public List<KeyResult<KvEntry>> getIntoBatch(List<KvEntry> entries) {
        return invocations.run(entries, () -> calls.get(StoreCalls.names(entries), given(entries), deadline()));
    }

    public CompletableFuture<List<KeyResult<KvEntry>>> getIntoBatchAsync(List<KvEntry> entries) {
        Deadline deadline = deadline();
        List<KvEntry> own = List.copyOf(entries);
        return invocations.submit(own, () -> calls.get(StoreCalls.names(own), given(own), deadline));
    }

    private static IntFunction<Target<KvEntry>> given(List<KvEntry> entries) {
        return i -> new Target.Given(entries.get(i));
    }

    // exists, size

    /** Whether a get would find the key. Takes no lease: it may be gone in the next moment. */
    public boolean exists(String key) {
        return size(key).isPresent();
    }

    /** The size of the key's value; empty: it isn't there. */
    public OptionalLong size(String key) {
        return toLong(existsBatch(List.of(key)).get(0));
    }

    /** The sizes of the values that are there. */
    public List<KeyResult<Long>> existsBatch(List<String> keys) {
        return invocations.run(NO_ENTRIES, () -> calls.exists(keys, deadline()));
    }

    public CompletableFuture<Boolean> existsAsync(String key) {
        return sizeAsync(key).thenApply(OptionalLong::isPresent);
    }

    public CompletableFuture<OptionalLong> sizeAsync(String key) {
        return existsBatchAsync(List.of(key)).thenApply(results -> toLong(results.get(0)));
    }

    public CompletableFuture<List<KeyResult<Long>>> existsBatchAsync(List<String> keys) {
        Deadline deadline = deadline();
        List<String> own = List.copyOf(keys);
        return invocations.submit(NO_ENTRIES, () -> calls.exists(own, deadline));
    }

    private static OptionalLong toLong(KeyResult<Long> result) {
        Optional<Long> size = result.orThrow();
        return size.isPresent() ? OptionalLong.of(size.get()) : OptionalLong.empty();
    }

    // remove

    /** Removes a key; false: it wasn't there, or an earlier try, whose answer was lost, removed it. */
    public boolean remove(String key) {
        return removeBatch(List.of(key)).get(0).orThrow().isPresent();
    }

    /** Removes keys; a hit is a key that was there. */
    public List<KeyResult<Boolean>> removeBatch(List<String> keys) {
        return invocations.run(NO_ENTRIES, () -> calls.remove(keys, deadline()));
    }

    public CompletableFuture<Boolean> removeAsync(String key) {
        return removeBatchAsync(List.of(key))
                .thenApply(results -> results.get(0).orThrow().isPresent());
    }

    public CompletableFuture<List<KeyResult<Boolean>>> removeBatchAsync(List<String> keys) {
        Deadline deadline = deadline();
        List<String> own = List.copyOf(keys);
        return invocations.submit(NO_ENTRIES, () -> calls.remove(own, deadline));
    }

    /**
     * Removes the tenant's keys in which an RE2 pattern is found, and says how many. RE2 takes time that is linear in the
     * key, and has no look-around and no back-references. {@code (?i)} is for ASCII patterns only.
     *
     * @throws StoreException INVALID_PARAMS if it is no pattern or too large a one; RPC_TIMEOUT if the deadline came first:
     *     then some are removed
     */
    public long removeByRegex(String regex) {
        return invocations.run(NO_ENTRIES, () -> removeByRegex(regex, deadline()));
    }

    public CompletableFuture<Long> removeByRegexAsync(String regex) {
        Deadline deadline = deadline();
        return invocations.submit(NO_ENTRIES, () -> removeByRegex(regex, deadline));
    }

    private long removeByRegex(String regex, Deadline deadline) {
        RemoveByRegexRequest request = RemoveByRegexRequest.newBuilder()
                .setTenant(context.self.tenant())
                .setRegex(regex)
                .build();
        return context.master
                .call(Method.REMOVE_BY_REGEX, request, RemovedResponse.parser(), deadline)
                .getRemoved();
    }

    /** Removes all of the tenant's keys and says how many. */
    public long removeAll() {
        return invocations.run(NO_ENTRIES, () -> removeAll(deadline()));
    }

    public CompletableFuture<Long> removeAllAsync() {
        Deadline deadline = deadline();
        return invocations.submit(NO_ENTRIES, () -> removeAll(deadline));
    }

    private long removeAll(Deadline deadline) {
        RemoveAllRequest request =
                RemoveAllRequest.newBuilder().setTenant(context.self.tenant()).build();
        return context.master
                .call(Method.REMOVE_ALL, request, RemovedResponse.parser(), deadline)
                .getRemoved();
    }

    // look around

    /**
     * The tenant's keys that start with a prefix, in no order to rely on. Fetched page by page while it is iterated,
     * each page within the operation timeout: keys put or removed meanwhile may be there or not.
     */
    public Iterable<KeyInfo> listKeys(String prefix) {
        return () -> new KeyListing(context, prefix, timeout);
    }

    /** What the master says about its segments and itself. */
    public ClusterStatus clusterStatus() {
        return invocations.run(
                NO_ENTRIES,
                () -> ClusterStatus.of(context.master.call(
                        Method.LIST_SEGMENTS,
                        ListSegmentsRequest.getDefaultInstance(),
                        ListSegmentsResponse.parser(),
                        deadline())));
    }

    /**
     * Refuses new calls, waits for those that run until the close timeout, then ends what is left. Leased buffers stay
     * good until they are closed. Further calls do nothing.
     */
    @Override
    public void close() {
        if (invocations.close()) {
            context.close();
        }
    }

    ClientContext context() {
        return context;
    }

    /** As it stands in tokens. For tests. */
    UUID clientId() {
        return context.self.id();
    }

    /** How often bytes that were read did not have their checksum. For tests. */
    long checksumMismatches() {
        return context.mismatches.count();
    }

    private Deadline deadline() {
        return Deadline.after(timeout);
    }
}
