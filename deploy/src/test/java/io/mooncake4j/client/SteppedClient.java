package io.mooncake4j.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.PutOptions;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.mooncake4j.transfer.wire.proto.RemoveByRegexRequest;
import io.mooncake4j.transfer.wire.proto.RemoveRequest;
import io.mooncake4j.transfer.wire.proto.RemovedResponse;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A client without threads, for a world that takes its steps one by one. */
public final class SteppedClient {
    /** So small that larger values take several waves, and renewals matter. */
    static final long WAVE_BYTES = 1024;

    static final long OP_BYTES = 512;
    private static final long RENEWAL_NANOS = 150_000_000L;

    final Surroundings around;
    final ClientIdentity self;
    final SteppedMaster master;
    final SteppedOwed owed;
    final AvoidedSegments avoided = new AvoidedSegments();
    final Suspicions suspicions = new Suspicions();
    /** What {@link Renewals} holds. */
    private final Set<Tenure> held = new LinkedHashSet<>();

    private boolean renewing;

    public SteppedClient(Surroundings around) {
        this.around = around;
        this.self = ClientIdentity.of(around.clientId(), "");
        this.master = new SteppedMaster(around);
        this.owed = new SteppedOwed(around, master);
    }

    /** @param keys distinct */
    public void put(
            List<String> keys,
            List<byte[]> values,
            PutOptions options,
            long timeoutNanos,
            Consumer<List<PutResult>> done) {
        new SteppedPut(this, keys, values, options, timeoutNanos, done).begin();
    }

    /** @param keys distinct */
    public SteppedGet get(List<String> keys, long timeoutNanos, Consumer<List<KeyResult<byte[]>>> done) {
        SteppedGet get = new SteppedGet(this, keys, timeoutNanos, done);
        get.begin();
        return get;
    }

    public void exists(
            List<String> keys,
            long timeoutNanos,
            Consumer<List<KeyResult<Long>>> done,
            Consumer<StoreException> failed) {
        ExistsRequest request =
                ExistsRequest.newBuilder().setKeys(KeyColumn.of(keys).toProto()).build();
        call(
                Method.EXISTS,
                request,
                ExistsResponse.parser(),
                timeoutNanos,
                answer -> done.accept(StoreCalls.sizes(answer, keys.size())),
                failed);
    }

    public void remove(
            String key, long timeoutNanos, Consumer<KeyResult<Boolean>> done, Consumer<StoreException> failed) {
        RemoveRequest request = RemoveRequest.newBuilder()
                .setKeys(KeyColumn.of(List.of(key)).toProto())
                .build();
        call(
                Method.REMOVE,
                request,
                StatusResponse.parser(),
                timeoutNanos,
                answer -> done.accept(StoreCalls.removed(answer, 1).get(0)),
                failed);
    }

    public void removeByRegex(String regex, long timeoutNanos, LongConsumer done, Consumer<StoreException> failed) {
        RemoveByRegexRequest request =
                RemoveByRegexRequest.newBuilder().setRegex(regex).build();
        call(
                Method.REMOVE_BY_REGEX,
                request,
                RemovedResponse.parser(),
                timeoutNanos,
                answer -> done.accept(answer.getRemoved()),
                failed);
    }

    public void removeAll(long timeoutNanos, LongConsumer done, Consumer<StoreException> failed) {
        call(
                Method.REMOVE_ALL,
                RemoveAllRequest.getDefaultInstance(),
                RemovedResponse.parser(),
                timeoutNanos,
                answer -> done.accept(answer.getRemoved()),
                failed);
    }

    private <T extends MessageLite> void call(
            Method method,
            MessageLite request,
            Parser<T> parser,
            long timeoutNanos,
            Consumer<T> answered,
            Consumer<StoreException> failed) {
        master.call(method, request, parser, around.nowNanos() + timeoutNanos, answered, failed);
    }

    void hold(Tenure tenure) {
        held.add(tenure);
        keepRenewing();
    }

    void release(Tenure tenure) {
        held.remove(tenure);
    }

    private void keepRenewing() {
        if (!renewing) {
            renewing = true;
            around.after(RENEWAL_NANOS, this::renew);
        }
    }

    private void renew() {
        renewing = false;
        for (Tenure tenure : new ArrayList<>(held)) {
            tenure.renewIfDue(around.nowNanos());
        }
        if (!held.isEmpty()) {
            keepRenewing();
        }
    }

    /** As {@link Tenure#renewIfDueAndWait}. */
    void renewIfDueAndWait(Tenure tenure, long deadlineNanos, Runnable then) {
        CompletableFuture<Tenure.Terms> asking = tenure.renewIfDue(around.nowNanos());
        if (asking == null) {
            then.run();
            return;
        }
        boolean[] gone = new boolean[1];
        Runnable once = () -> {
            if (!gone[0]) {
                gone[0] = true;
                then.run();
            }
        };
        asking.whenComplete((terms, failure) -> around.after(0, once));
        around.after(Math.max(0, deadlineNanos - around.nowNanos()), once);
    }
}
