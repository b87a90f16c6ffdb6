package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Holds the first access of a kind, once armed, between the node's check of its token and the copy. */
public final class Stall implements AccessHook {
    private final AtomicReference<Predicate<AccessToken>> armed = new AtomicReference<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Holds the next access whose token is such. */
    public void arm(Predicate<AccessToken> which) {
        armed.set(which);
    }

    public void arm(AccessToken.Mode mode) {
        arm(token -> token.mode() == mode);
    }

    public void awaitReached() throws InterruptedException {
        assertThat(reached.await(20, TimeUnit.SECONDS)).as("an access is held").isTrue();
    }

    public boolean reached() {
        return reached.getCount() == 0;
    }

    public void release() {
        released.countDown();
    }

    @Override
    public void checked(AccessToken token, int range, long offset, long length) {
        Predicate<AccessToken> which = armed.get();
        if (which == null || !which.test(token) || !armed.compareAndSet(which, null)) {
            return;
        }
        reached.countDown();
        try {
            boolean unused = released.await(Duration.ofMinutes(2).toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
