package io.mooncake4j.client;

import io.mooncake4j.client.ClientMeters.Operation;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.RemoveRequest;
import io.mooncake4j.transfer.wire.proto.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/** The operations on keys, as batches that block their caller. Results lie in the order of the caller's keys. */
final class StoreCalls {
    private final ClientContext context;

    StoreCalls(ClientContext context) {
        this.context = context;
    }

    /** Puts; leased buffers are retained by the caller until it returns. */
    List<PutResult> put(List<KvEntry> entries, PutOptions options, Deadline deadline) {
        long startedNanos = System.nanoTime();
        BatchKeys keys = BatchKeys.of(names(entries));
        int sent = keys.column().count();
        List<Writing> writings = new ArrayList<>(sent);
        for (int i = 0; i < sent; i++) {
            Writing writing = new Writing(i, entries.get(keys.callersIndex(i)).value());
            if (writing.sizeBytes() == 0) {
                writing.fail(new StoreException(ErrorCode.INVALID_PARAMS, "the value is empty"));
            }
            writings.add(writing);
        }
        new PutFlow(context, keys, writings, options, deadline).run();
        List<PutResult> results = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            StoreException objection = keys.objection(i);
            results.add(
                    objection == null
                            ? writings.get(keys.sentIndex(i)).result()
                            : PutResult.failed(
                                    objection.code(),
                                    objection.reason(),
                                    entries.get(i).sizeBytes()));
        }
        int stored = 0;
        for (PutResult result : results) {
            stored += result.succeeded() ? 1 : 0;
        }
        ended(Operation.PUT, stored, 0, results.size() - stored, startedNanos);
        return results;
    }

    private void ended(Operation operation, int ok, int missed, int failed, long startedNanos) {
        context.meters.ended(operation, ok, missed, failed, System.nanoTime() - startedNanos);
    }

    private <T> List<KeyResult<T>> ended(Operation operation, List<KeyResult<T>> results, long startedNanos) {
        int hits = 0;
        int misses = 0;
        for (KeyResult<T> result : results) {
            hits += result.isHit() ? 1 : 0;
            misses += result.status() == KeyResult.Status.MISS ? 1 : 0;
        }
        ended(operation, hits, misses, results.size() - hits - misses, startedNanos);
        return results;
    }

    static List<String> names(List<KvEntry> entries) {
        if (entries.size() == 1) {
            return List.of(entries.get(0).key());
        }
        List<String> names = new ArrayList<>(entries.size());
        for (KvEntry entry : entries) {
            names.add(entry.key());
        }
        return names;
    }

    /** Gets, each key into the target made for its place in the caller's list. */
    <T> List<KeyResult<T>> get(List<String> names, IntFunction<Target<T>> targets, Deadline deadline) {
        long startedNanos = System.nanoTime();
        List<Target<T>> made = new ArrayList<>(names.size());
        try {
            List<KeyResult<T>> results = read(
                    names,
                    i -> {
                        Target<T> target = targets.apply(i);
                        made.add(target);
                        return target;
                    },
                    deadline);
            return ended(Operation.GET, results, startedNanos);
        } catch (Throwable e) { // nobody gets a result, so nobody would close what was leased
            made.forEach(Target::discard);
            throw e;
        }
    }

    private <T> List<KeyResult<T>> read(List<String> names, IntFunction<Target<T>> targets, Deadline deadline) {
        BatchKeys keys = BatchKeys.of(names);
        int sent = keys.column().count();
        List<Reading<T>> readings = new ArrayList<>(sent);
        for (int i = 0; i < sent; i++) {
            readings.add(new Reading<>(
                    i, targets.apply(keys.callersIndex(i)), context.checksums, ThreadLocalRandom.current()));
        }
        new GetFlow<>(context, keys, readings, deadline).run();
        List<KeyResult<T>> results = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            StoreException objection = keys.objection(i);
            if (objection != null) {
                results.add(KeyResult.failed(objection));
            } else {
                Reading<T> reading = readings.get(keys.sentIndex(i));
                results.add(keys.isDuplicate(i) ? reading.resultCopiedTo(targets.apply(i)) : reading.result());
            }
        }
        return results;
    }

    /** The sizes of what exists. */
    List<KeyResult<Long>> exists(List<String> names, Deadline deadline) {
        return ask(Operation.EXISTS, names, (keys, count) -> {
            ExistsRequest request = ExistsRequest.newBuilder()
                    .setTenant(context.self.tenant())
                    .setKeys(keys)
                    .build();
            ExistsResponse answer = context.master.call(Method.EXISTS, request, ExistsResponse.parser(), deadline);
            return sizes(answer, count);
        });
    }

    /** @throws StoreException INTERNAL_ERROR if it doesn't answer the question */
    static List<KeyResult<Long>> sizes(ExistsResponse answer, int count) {
        BatchKeys.checkColumn(answer.getStatusCount(), count, "status");
        BatchKeys.checkColumn(answer.getSizesCount(), count, "sizes");
        List<KeyResult<Long>> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ErrorCode code = ErrorCode.of(answer.getStatus(i));
            boolean unreadable = code == ErrorCode.REPLICA_IS_NOT_READY;
            results.add(unreadable ? KeyResult.miss() : result(code, answer.getSizes(i), answer.getSizes(i)));
        }
        return results;
    }

    /** Removes; true for what was there. */
    List<KeyResult<Boolean>> remove(List<String> names, Deadline deadline) {
        return ask(Operation.REMOVE, names, (keys, count) -> {
            RemoveRequest request = RemoveRequest.newBuilder()
                    .setTenant(context.self.tenant())
                    .setKeys(keys)
                    .build();
            StatusResponse answer = context.master.call(Method.REMOVE, request, StatusResponse.parser(), deadline);
            return removed(answer, count);
        });
    }

    /** @throws StoreException INTERNAL_ERROR if it doesn't answer the question */
    static List<KeyResult<Boolean>> removed(StatusResponse answer, int count) {
        BatchKeys.checkColumn(answer.getStatusCount(), count, "status");
        List<KeyResult<Boolean>> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(result(ErrorCode.of(answer.getStatus(i)), 0, true));
        }
        return results;
    }

    private static <T> KeyResult<T> result(ErrorCode code, long sizeBytes, T value) {
        return switch (code) {
            case OK -> KeyResult.hit(sizeBytes, 0, value);
            case OBJECT_NOT_FOUND -> KeyResult.miss();
            default -> KeyResult.failed(code, "the master refused");
        };
    }

    /** Asks about the keys that are sent, request by request; what fails, fails the keys of its request. */
    private <T> List<KeyResult<T>> ask(
            Operation operation, List<String> names, BiFunction<Keys, Integer, List<KeyResult<T>>> question) {
        long startedNanos = System.nanoTime();
        BatchKeys keys = BatchKeys.of(names);
        List<KeyResult<T>> sent = new ArrayList<>(keys.column().count());
        while (sent.size() < keys.column().count()) {
            int from = sent.size();
            int end = keys.requestEnd(from, i -> 0);
            try {
                sent.addAll(question.apply(keys.range(from, end), end - from));
            } catch (StoreException e) {
                for (int i = from; i < end; i++) {
                    sent.add(KeyResult.failed(e));
                }
            }
        }
        List<KeyResult<T>> results = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            StoreException objection = keys.objection(i);
            results.add(objection == null ? sent.get(keys.sentIndex(i)) : KeyResult.failed(objection));
        }
        return ended(operation, results, startedNanos);
    }
}
