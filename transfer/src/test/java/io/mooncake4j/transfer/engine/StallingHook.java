package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Stalls one access between its check and its copy until it is released. */
public final class StallingHook implements AccessHook {
    private final AtomicInteger untilStall;
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Lets so many accesses pass first. */
    public StallingHook(int passing) {
        this.untilStall = new AtomicInteger(passing + 1);
    }

    @Override
    public void checked(AccessToken token, int range, long offset, long length) {
        if (untilStall.decrementAndGet() == 0) {
            stalled.countDown();
            await(released);
        }
    }

    public void awaitStall() {
        await(stalled);
    }

    public void release() {
        released.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nothing happened for 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
