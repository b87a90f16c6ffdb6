package io.mooncake4j.deploy.inspect;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.DescribeRequest;
import io.mooncake4j.transfer.wire.proto.DescribeResponse;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks a master about objects: takes no lease, counts as no access. For one thread. */
public final class Inspector implements AutoCloseable {
    private static final int PAGE_KEYS = 1000;

    private final RpcClient rpc;
    private final String tenant;
    private final Duration timeout;

    /** @param settings those of a client */
    public Inspector(Settings settings) {
        rpc = RpcClient.create(RpcClientOptions.builder()
                .addresses(settings.get(ClientSettings.MASTER))
                .connectTimeout(settings.get(ClientSettings.CONNECT_TIMEOUT))
                .busyPoll(settings.get(ClientSettings.BUSY_POLL))
                .build());
        tenant = settings.get(ClientSettings.TENANT);
        timeout = settings.get(ClientSettings.REQUEST_TIMEOUT);
    }

    /** What is under each key, in their order; empty where nothing is. */
    public List<Optional<ObjectReport>> describe(List<String> keys) {
        DescribeResponse answer = call(
                Method.DESCRIBE,
                DescribeRequest.newBuilder()
                        .setTenant(tenant)
                        .setKeys(KeyColumn.of(keys).toProto())
                        .build(),
                DescribeResponse.parser());
        checkColumn(answer.getStatusCount(), keys.size());
        checkColumn(answer.getObjectsCount(), keys.size());
        List<Optional<ObjectReport>> found = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            found.add(
                    answer.getStatus(i) == ErrorCode.OK.number()
                            ? Optional.of(ObjectReport.of(keys.get(i), answer.getObjects(i)))
                            : Optional.empty());
        }
        return found;
    }

    /** Every readable object whose key starts like that, in no order, as the pages arrive. */
    public void list(String prefix, Consumer<ObjectReport> each) {
        ByteString next = ByteString.EMPTY;
        do {
            ListKeysResponse answer = call(
                    Method.LIST_KEYS,
                    ListKeysRequest.newBuilder()
                            .setTenant(tenant)
                            .setPrefix(prefix)
                            .setPage(next)
                            .setLimit(PAGE_KEYS)
                            .setDetailed(true)
                            .build(),
                    ListKeysResponse.parser());
            KeyColumn keys = KeyColumn.of(answer.getKeys());
            checkColumn(answer.getDetailsCount(), keys.count());
            for (int i = 0; i < keys.count(); i++) {
                each.accept(ObjectReport.of(keys.key(i), answer.getDetails(i)));
            }
            next = answer.getNextPage();
        } while (!next.isEmpty());
    }

    private <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser) {
        return rpc.call(method, request, parser, Deadline.after(timeout));
    }

    private static void checkColumn(int count, int keys) {
        if (count != keys) {
            throw new StoreException(
                    ErrorCode.NOT_SUPPORTED,
                    "the master told details of " + count + " of " + keys + " keys: upgrade it to this version");
        }
    }

    @Override
    public void close() {
        rpc.close();
    }
}
