package io.mooncake4j.master.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Our words as etcd's messages, and back; knows the prefix. */
final class EtcdMessages {
    private static final ByteString LOWEST = ByteString.copyFrom(new byte[1]);
    /** As the end of a range: none. */
    private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

    private final String prefix;

    EtcdMessages(String prefix) {
        this.prefix = prefix;
    }

    private ByteString full(String key) {
        return ByteString.copyFrom(prefix + key, StandardCharsets.UTF_8);
    }

    RangeRequest range(EtcdRangeQuery query) {
        return RangeRequest.newBuilder()
                .setKey(full(query.from()))
                .setRangeEnd(full(query.end()))
                .setLimit(query.limit())
                .setRevision(query.revision())
                .setKeysOnly(query.keysOnly())
                .build();
    }

    /** One of the keys before the prefix. */
    RangeRequest anyBefore() {
        return any(LOWEST, full(""));
    }

    /** One of the keys after all that have the prefix. */
    RangeRequest anyAfter() {
        return any(ByteString.copyFrom(EtcdRangeQuery.endOf(prefix), StandardCharsets.UTF_8), NO_END);
    }

    private static RangeRequest any(ByteString from, ByteString end) {
        return RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(end)
                .setLimit(1)
                .setKeysOnly(true)
                .build();
    }

    EtcdRange range(RangeResponse answer) {
        List<EtcdEntry> entries = new ArrayList<>(answer.getKvsCount());
        answer.getKvsList().forEach(each -> entries.add(entry(each)));
        return new EtcdRange(entries, answer.getMore(), answer.getHeader().getRevision());
    }

    private EtcdEntry entry(KeyValue from) {
        return new EtcdEntry(
                key(from),
                from.getValue().toByteArray(),
                from.getCreateRevision(),
                from.getModRevision(),
                from.getLease());
    }

    private String key(KeyValue from) {
        return from.getKey().toString(StandardCharsets.UTF_8).substring(prefix.length());
    }

    /** Asks for all changes of the key after the revision. */
    WatchRequest watch(String key, long afterRevision) {
        return WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(full(key)).setStartRevision(afterRevision + 1))
                .build();
    }

    TxnRequest txn(EtcdTxn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        txn.conditions().forEach(each -> request.addCompare(condition(each)));
        txn.writes().forEach(each -> request.addSuccess(write(each)));
        txn.orElseRead()
                .forEach(key -> request.addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(full(key)))));
        return request.build();
    }

    private Compare condition(EtcdTxn.Condition condition) {
        Compare.Builder compare =
                Compare.newBuilder().setKey(full(condition.key())).setResult(Compare.CompareResult.EQUAL);
        return switch (condition.field()) {
            case CREATED ->
                compare.setTarget(Compare.CompareTarget.CREATE)
                        .setCreateRevision(condition.revision())
                        .build();
            case MODIFIED ->
                compare.setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(condition.revision())
                        .build();
        };
    }

    private RequestOp write(EtcdTxn.Write write) {
        RequestOp.Builder op = RequestOp.newBuilder();
        if (write instanceof EtcdTxn.Write.Put put) {
            // not copied: a transaction isn't changed after it was sent
            op.setRequestPut(PutRequest.newBuilder()
                    .setKey(full(put.key()))
                    .setValue(UnsafeByteOperations.unsafeWrap(put.value()))
                    .setLease(put.leaseId()));
        } else if (write instanceof EtcdTxn.Write.Delete delete) {
            op.setRequestDeleteRange(
                    DeleteRangeRequest.newBuilder().setKey(full(delete.from())).setRangeEnd(full(delete.end())));
        }
        return op.build();
    }

    EtcdTxnAnswer txn(TxnResponse answer) {
        List<EtcdEntry> read = new ArrayList<>();
        for (ResponseOp each : answer.getResponsesList()) {
            each.getResponseRange().getKvsList().forEach(found -> read.add(entry(found)));
        }
        return new EtcdTxnAnswer(answer.getSucceeded(), answer.getHeader().getRevision(), read);
    }
}
