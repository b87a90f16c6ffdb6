package io.mooncake4j.master.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real etcd, which all tests share: each has a prefix of its own. */
class JetcdEtcdIT extends EtcdBehaviour {
    private static final AtomicInteger TESTS = new AtomicInteger();

    private static AnyEtcd server;
    private JetcdEtcd etcd;

    @BeforeAll
    static void startServer() {
        server = AnyEtcd.open();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() {
        etcd = JetcdEtcd.open(server.options()
                .prefix("/test/" + TESTS.incrementAndGet() + "/")
                .requestTimeout(Duration.ofSeconds(20))
                .build());
    }

    @AfterEach
    void disconnect() {
        etcd.close();
    }

    @Override
    protected Etcd etcd() {
        return etcd;
    }

    @Override
    protected <T> T answer(CompletableFuture<T> call) {
        return call.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    protected void until(String what, BooleanSupplier condition) {
        Awaitility.await(what).pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
    }

    @Test
    void shouldSeeOnlyItsOwnKeysWhenOthersHaveAnotherPrefix() {
        put("a", "mine");
        try (JetcdEtcd other =
                JetcdEtcd.open(server.options().prefix("/test/other/").build())) {
            answer(other.txn(new EtcdTxn().put("a", bytes("theirs"))));
            assertThat(read(EtcdRangeQuery.prefix("", 0)))
                    .extracting(EtcdBehaviour::text)
                    .containsExactly("mine");
            assertThat(answer(other.range(EtcdRangeQuery.key("a"))).entries())
                    .extracting(EtcdBehaviour::text)
                    .containsExactly("theirs");
            assertThat(answer(other.health()).foreignKeys()).isTrue();
            answer(other.txn(new EtcdTxn().delete("a")));
        }
    }

    @Test
    void shouldLeaveNothingAtEtcdWhenWatchesAreCancelledOrHaveTold() {
        long since = put("a", "1");
        List<CompletableFuture<?>> watches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            watches.add(etcd.changed(List.of("a", "b"), since));
            watches.add(etcd.changed(List.of("c"), since));
        }
        until("watches", () -> server.metric("etcd_debugging_mvcc_watcher_total") == 60);
        put("a", "2");
        until("half of them", () -> server.metric("etcd_debugging_mvcc_watcher_total") == 20);
        watches.forEach(each -> each.cancel(false));
        until("none of them", () -> server.metric("etcd_debugging_mvcc_watcher_total") == 0);
    }

    @Test
    void shouldRefuseWhenARequestIsTooLarge() {
        assertThat(failure(etcd.txn(new EtcdTxn().put("a", new byte[1_600_000]))))
                .hasMessageContainingAll("etcd at http", "too large")
                .extracting(EtcdException::kind)
                .isEqualTo(EtcdException.Kind.REFUSED);
    }

    @Test
    void shouldReadMoreThanADefaultAnswerWhenTheRangeIsLarge() {
        byte[] large = new byte[1 << 20];
        for (int i = 0; i < 6; i++) {
            large[0] = (byte) i;
            answer(etcd.txn(new EtcdTxn().put("large/" + i, large.clone())));
        }
        assertThat(read(EtcdRangeQuery.prefix("large/", 0)))
                .hasSize(6)
                .allSatisfy(entry -> assertThat(entry.value()).hasSize(1 << 20))
                .extracting(entry -> (int) entry.value()[0])
                .containsExactly(0, 1, 2, 3, 4, 5);
    }
}
