package io.mooncake4j.master.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The simulation's etcd behaves as the real one, whose tests these are, too. */
class EtcdModelTest extends EtcdBehaviour {
    private static final long STEP_NANOS = 50_000_000L;
    private static final int STEPS = 200;

    private long nowNanos = 5_000_000_000L;
    private final EtcdModel model = new EtcdModel(() -> nowNanos);
    private final Etcd etcd = model.client(EtcdModel.Link.SOUND);

    @Override
    protected Etcd etcd() {
        return etcd;
    }

    @Override
    protected <T> T answer(CompletableFuture<T> call) {
        return call.join();
    }

    @Override
    protected void until(String what, BooleanSupplier condition) {
        for (int i = 0; i < STEPS; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            nowNanos += STEP_NANOS;
            model.expireLeases();
        }
        throw new AssertionError("not within 10 s: " + what);
    }

    @Test
    void shouldGiveLeasesAllTheirTimeWhenAnotherMemberLeads() {
        EtcdLease lease = answer(etcd.grantLease(java.time.Duration.ofSeconds(2)));
        answer(etcd.txn(new EtcdTxn().put("a", bytes("1"), lease.id())));
        nowNanos += 1_900_000_000L;
        model.renewLeases();
        nowNanos += 1_900_000_000L;
        assertThat(read(EtcdRangeQuery.key("a"))).hasSize(1);
        nowNanos += 200_000_000L;
        assertThat(read(EtcdRangeQuery.key("a"))).isEmpty();
    }
}
