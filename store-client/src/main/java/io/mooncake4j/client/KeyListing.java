package io.mooncake4j.client;

import com.google.protobuf.ByteString;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.ListKeysRequest;
import io.mooncake4j.transfer.wire.proto.ListKeysResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;

/** Lists keys page by page, each page within the timeout. For one thread. */
final class KeyListing implements Iterator<KeyInfo> {
    private static final int PAGE_KEYS = 1000;

    private final ClientContext context;
    private final String prefix;
    private final Duration timeout;
    private final Queue<KeyInfo> page = new ArrayDeque<>();
    private ByteString next = ByteString.EMPTY;
    private boolean last;

    KeyListing(ClientContext context, String prefix, Duration timeout) {
        this.context = context;
        this.prefix = prefix;
        this.timeout = timeout;
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !last) {
            fetch();
        }
        return !page.isEmpty();
    }

    @Override
    public KeyInfo next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.remove();
    }

    private void fetch() {
        context.running.begin();
        try {
            ListKeysResponse answer = context.master.call(
                    Method.LIST_KEYS,
                    ListKeysRequest.newBuilder()
                            .setTenant(context.self.tenant())
                            .setPrefix(prefix)
                            .setPage(next)
                            .setLimit(PAGE_KEYS)
                            .build(),
                    ListKeysResponse.parser(),
                    Deadline.after(timeout));
            KeyColumn keys = KeyColumn.of(answer.getKeys());
            BatchKeys.checkColumn(answer.getSizesCount(), keys.count(), "sizes");
            for (int i = 0; i < keys.count(); i++) {
                page.add(new KeyInfo(keys.key(i), answer.getSizes(i)));
            }
            next = answer.getNextPage();
            last = next.isEmpty();
        } finally {
            context.running.end();
        }
    }
}
