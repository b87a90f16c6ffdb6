package io.mooncake4j.master.etcd;

import static io.mooncake4j.master.etcd.EtcdBehaviour.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client sees of faults of one etcd and of the network to it. */
class JetcdEtcdFaultsIT {
    private static final Duration TIMEOUT = Duration.ofMillis(800);
    /** On top, on a busy machine. */
    private static final Duration SLACK = Duration.ofSeconds(10);
    /** What is no part of the fault takes as long as it takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private EtcdProcess server = EtcdProcess.start();
    private final JetcdEtcd etcd =
            JetcdEtcd.open(server.options().requestTimeout(TIMEOUT).build());
    private JetcdEtcd patient = patient();

    private JetcdEtcd patient() {
        return JetcdEtcd.open(server.options().requestTimeout(PATIENCE).build());
    }

    @AfterEach
    void close() {
        etcd.close();
        patient.close();
        server.close();
    }

    private static <T> T answer(CompletableFuture<T> call) {
        return call.orTimeout(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static EtcdException failure(CompletableFuture<?> call) {
        try {
            Object answer = answer(call);
            throw new AssertionError("it succeeded: " + answer);
        } catch (CompletionException e) {
            return (EtcdException) e.getCause();
        }
    }

    private long put(String key, String value) {
        return answer(patient.txn(new EtcdTxn().put(key, bytes(value)))).revision();
    }

    private static void awaitAnswers(Etcd etcd) {
        Awaitility.await("etcd answers")
                .ignoreExceptions()
                .until(() -> answer(etcd.range(EtcdRangeQuery.key("a"))).revision() > 0);
    }

    @Test
    void shouldNotKnowTheOutcomeWithinTheTimeOutWhenEtcdIsKilled() {
        put("a", "1");
        awaitAnswers(etcd);
        server.kill();
        long start = System.nanoTime();
        EtcdException failure = failure(etcd.txn(new EtcdTxn().put("a", bytes("2"))));
        assertThat(System.nanoTime() - start).isLessThan(TIMEOUT.plus(SLACK).toNanos());
        assertThat(failure).hasMessageContaining("etcd at " + server.endpoint());
        assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
        assertThat(failure.mayHaveHappened()).isTrue();
        server.restart();
        awaitAnswers(etcd);
    }

    @Test
    void shouldNotKnowTheOutcomeAfterTheTimeOutWhenEtcdIsFrozen() {
        put("a", "1");
        awaitAnswers(etcd);
        server.freeze();
        long start = System.nanoTime();
        EtcdException failure = failure(etcd.txn(new EtcdTxn().put("a", bytes("2"))));
        assertThat(System.nanoTime() - start)
                .isBetween(
                        TIMEOUT.minusMillis(100).toNanos(), TIMEOUT.plus(SLACK).toNanos());
        assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
        assertThat(failure).hasMessageContaining("no answer in time");
        server.thaw();
        awaitAnswers(etcd);
    }

    @Test
    void shouldAnswerAgainAtOnceWhenEtcdWasAwayForLong() {
        put("a", "1");
        awaitAnswers(etcd);
        server.kill();
        // so often that a connection that waits longer each time would wait long
        for (int i = 0; i < 30; i++) {
            assertThat(failure(etcd.range(EtcdRangeQuery.key("a")))).hasMessageContaining("is etcd up");
        }
        server.restart();
        // calls over a connection that waits fail at once, again and again
        int failed = 0;
        while (etcd.range(EtcdRangeQuery.key("a"))
                .handle((answer, e) -> e != null)
                .join()) {
            failed++;
        }
        assertThat(failed).isLessThan(5);
    }

    @Test
    void shouldNotKnowTheOutcomeAndRecoverWhenTheNetworkIsCutWithoutAWord() {
        try (CutProxy proxy = CutProxy.to(server.endpoint().getPort());
                JetcdEtcd through = through(proxy)) {
            put("w/0", "0");
            awaitAnswers(through);
            proxy.cut();
            put("w/1", "1");
            assertThat(failure(through.range(EtcdRangeQuery.key("w/0"))).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
            proxy.mend();
            awaitAnswers(through);
            assertThat(answer(through.range(EtcdRangeQuery.prefix("w/", 0))).entries())
                    .hasSize(2);
        }
    }

    @Test
    void shouldSayNoSpaceAndHowToGetSomeWhenTheQuotaIsReached() {
        patient.close();
        server.close();
        server = EtcdProcess.plan().quotaBytes(16 << 20).start();
        patient = patient();
        long first = put("kept", "kept");
        byte[] large = new byte[1 << 20];
        CompletableFuture<EtcdTxnAnswer> last;
        int puts = 0;
        do {
            last = patient.txn(new EtcdTxn().put("large/" + puts++, large));
            Awaitility.await("an answer").until(last::isDone);
        } while (!last.isCompletedExceptionally() && puts < 64);
        EtcdException failure = failure(last);
        assertThat(failure)
                .hasMessageContainingAll(
                        "database space exceeded",
                        "--quota-backend-bytes",
                        "etcdctl --endpoints " + server.endpoint() + " compact",
                        "defrag",
                        "alarm disarm");
        assertThat(failure.kind()).isEqualTo(Kind.NO_SPACE);
        assertThat(failure.mayHaveHappened()).isFalse();
        EtcdHealth health = answer(patient.health());
        assertThat(health.alarms()).containsExactly("NOSPACE");
        assertThat(health.sizeBytes()).isGreaterThan(8 << 20);
        assertThat(answer(patient.range(EtcdRangeQuery.keyAt("kept", first))).entries())
                .hasSize(1);
    }

    @Test
    void shouldNameTheEndpointAndTheCauseWhenNothingListensThere() {
        int port = LoopbackPorts.free();
        try (JetcdEtcd nowhere = JetcdEtcd.open(
                EtcdOptions.builder().endpoints("127.0.0.1:" + port).build())) {
            assertThat(failure(nowhere.range(EtcdRangeQuery.key("a"))))
                    .hasMessageContainingAll(
                            "etcd at http://127.0.0.1:" + port, "Connection refused", "--etcd-endpoints");
        }
        try (JetcdEtcd unknown = JetcdEtcd.open(EtcdOptions.builder()
                .endpoints("nobody.invalid:2379")
                .requestTimeout(PATIENCE) // a name server may take its time to say no
                .build())) {
            assertThat(failure(unknown.range(EtcdRangeQuery.key("a"))))
                    .hasMessageContainingAll("etcd at http://nobody.invalid:2379", "--etcd-endpoints");
        }
    }

    private static JetcdEtcd through(CutProxy proxy) {
        List<URI> endpoints = List.of(proxy.endpoint());
        return JetcdEtcd.open(EtcdOptions.builder()
                .endpoints(endpoints)
                .requestTimeout(TIMEOUT)
                .build());
    }
}
