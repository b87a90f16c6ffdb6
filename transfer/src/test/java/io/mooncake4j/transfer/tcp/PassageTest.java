package io.mooncake4j.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.engine.ReservedPort;
import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.engine.TestNode;
import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.server.DirectAccess;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.SealKey;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node and a client say about access past the node's threads, and when that has ended. */
class PassageTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final UUID client = UUID.randomUUID();
    private final TestNode node = new TestNode(1, 4096, SafetyRules.ALL);
    private final StagedAccess access = new StagedAccess();
    private final Leashes leashes = new Leashes(LONG);
    private TcpDataServer server;

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.connectionCount()).isZero();
        assertThat(node.sessions().openCount()).isZero();
        assertThat(access.open).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldTellOfferAndThenWhatIsReadyWhenTokenIsGood(Mode mode) throws Exception {
        start(access, LONG);
        try (Leash leash = leashes.open(target(node.draft(mode, client).range(0, 0, 10)), 3, soon())) {
            assertThat(leash.offer()).isEqualTo(StagedAccess.OFFER);
            assertThat(access.passages.element().lanes).isEqualTo(3);
            assertThatThrownBy(() -> leash.awaitReady(Deadline.afterNanos(1)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RPC_TIMEOUT));
            access.arrivals.release();
            assertThat(leash.awaitReady(soon())).isEqualTo(StagedAccess.READY);
            assertThat(leash.ended()).isFalse();
        }
        await().untilAsserted(() -> assertThat(access.open).hasValue(0)); // the client's end ends it
    }

    @Test
    void shouldRefuseAndServeOnWhenNodeHasNoSuchWay() throws Exception {
        start(DirectAccess.none("RDMA is off at this node: no device"), LONG);
        assertRefused(node.draft(Mode.READ, client), ErrorCode.NOT_SUPPORTED, "no device");
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            AccessToken token = node.draft(Mode.READ, client).range(0, 0, 10).seal();
            raw.send(open(token, 1));
            assertThat(raw.answer().status()).isEqualTo(ErrorCode.NOT_SUPPORTED);
            raw.send(RawClient.request(token, 7, 10));
            assertThat(raw.answer().status()).isEqualTo(ErrorCode.OK);
            // nothing went past the node's threads: a change of leaders leaves a reader alone
            assertThat(node.sessions().cutWriters().toCompletableFuture()).isCompleted();
            raw.send(RawClient.request(token, 8, 10));
            assertThat(raw.answer().status()).isEqualTo(ErrorCode.OK);
        }
    }

    @Test
    void shouldRefuseWhenNoLaneIsLeft() throws Exception {
        start(
                (lanes, end) -> {
                    throw new StoreException(ErrorCode.OVERLOADED, "all 2 queue pairs are in use");
                },
                LONG);
        assertRefused(node.draft(Mode.WRITE, client), ErrorCode.OVERLOADED, "all 2 queue pairs");
    }

    @Test
    void shouldRefuseWhenTokenIsWrong() throws Exception {
        start(access, LONG);
        TokenDraft forged = node.draft(Mode.READ, client);
        forged.key = new SealKey(new byte[32]);
        assertRefused(forged, ErrorCode.TOKEN_REFUSED, "sealed");
        TokenDraft expired = node.draft(Mode.WRITE, client);
        expired.deadlineTicks = System.nanoTime() - 1;
        assertRefused(expired, ErrorCode.TOKEN_REFUSED, "expired");
        assertThat(access.passages).isEmpty();
    }

    @Test
    void shouldRefuseTokenThatStillReadsOverTcpWhenItsLeaderWasSucceeded() throws Exception {
        start(access, LONG);
        AccessToken former = node.draft(Mode.READ, client).range(0, 0, 10).seal();
        node.supersede();
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            raw.send(RawClient.request(former, 1, 10));
            assertThat(raw.answer().status()).isEqualTo(ErrorCode.OK);
        }
        assertRefused(node.draft(Mode.READ, client), ErrorCode.TOKEN_REFUSED, "has ended");
        node.adoptNext();
        assertRefused(node.draft(Mode.READ, client), ErrorCode.TOKEN_REFUSED, "has ended");
        assertThat(access.passages).isEmpty();
        access.arrivals.release();
        leashes.open(target(node.nextDraft(Mode.READ, client)), 1, soon()).close();
    }

    @Test
    void shouldRefuseWhenGenerationWasCut() throws Exception {
        start(access, LONG);
        assertThat(node.sessions().cut(client, 1).toCompletableFuture()).succeedsWithin(LONG);
        assertRefused(node.draft(Mode.WRITE, client), ErrorCode.SESSION_CUT, "was cut");
        assertThat(access.passages).isEmpty();
    }

    enum Cut {
        OF_THE_SESSION,
        OF_ALL_WRITERS,
        OF_ALL
    }

    /** S2: memory is reused on the word of a cut. */
    @ParameterizedTest
    @EnumSource(Cut.class)
    void shouldConfirmCutOnlyWhenPassageIsClosed(Cut cut) throws Exception {
        start(access, LONG);
        access.arrivals.release();
        access.closing = new CountDownLatch(1);
        try (Leash leash = leashes.open(target(node.draft(Mode.READ, client)), 1, soon())) {
            leash.awaitReady(soon());
            CompletableFuture<Void> done = (switch (cut) {
                        case OF_THE_SESSION -> node.sessions().cut(client, 1);
                        case OF_ALL_WRITERS -> node.sessions().cutWriters();
                        case OF_ALL -> node.sessions().cutAll();
                    })
                    .toCompletableFuture();
            await().until(leash::ended);
            await().during(Duration.ofMillis(50))
                    .untilAsserted(() -> assertThat(done).isNotDone());
            access.closing.countDown();
            assertThat(done).succeedsWithin(LONG);
            assertThat(access.open).hasValue(0);
        }
    }

    @Test
    void shouldCutAtOnceWhenClientHasNotComeYet() throws Exception {
        start(access, LONG);
        try (Leash leash = leashes.open(target(node.draft(Mode.WRITE, client)), 1, soon())) {
            assertThat(node.sessions().cut(client, 1).toCompletableFuture()).succeedsWithin(LONG);
            assertThatThrownBy(() -> leash.awaitReady(soon())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldEndWhenALaneIsLost() throws Exception {
        start(access, LONG);
        access.arrivals.release();
        try (Leash leash = leashes.open(target(node.draft(Mode.WRITE, client)), 1, soon())) {
            leash.awaitReady(soon());
            access.passages.element().end.run();
            await().until(leash::ended);
            await().untilAsserted(() -> assertThat(access.open).hasValue(0));
        }
    }

    @Test
    void shouldLastBeyondTheIdleTimeoutWhenNothingIsSaid() throws Exception {
        Duration idle = Duration.ofMillis(200);
        start(access, idle);
        access.arrivals.release();
        try (Leash leash = leashes.open(target(node.draft(Mode.READ, client)), 1, soon());
                RawClient silent = RawClient.greeted(server.port(), client)) {
            leash.awaitReady(soon());
            assertThat(silent.ended()).isTrue(); // though it came later
            assertThat(leash.ended()).isFalse();
            assertThat(access.open).hasValue(1);
        }
    }

    @Test
    void shouldEndWhenClientSaysMore() throws Exception {
        start(access, LONG);
        access.arrivals.release();
        try (RawClient raw = RawClient.greeted(server.port(), client)) {
            raw.send(open(node.draft(Mode.READ, client).seal(), 1));
            assertThat(raw.answer().bytes()).isEqualTo(StagedAccess.OFFER);
            assertThat(raw.answer().bytes()).isEqualTo(StagedAccess.READY);
            raw.send(new byte[] {1});
            assertThat(raw.ended()).isTrue();
        }
    }

    @Test
    void shouldSayWhereItFailedWhenNobodyListens() throws Exception {
        start(access, LONG);
        try (ReservedPort port = new ReservedPort()) {
            SegmentTarget nowhere = new SegmentTarget(
                    "node",
                    "127.0.0.1",
                    port.number(),
                    node.draft(Mode.READ, client).seal());
            assertThatThrownBy(() -> leashes.open(nowhere, 1, soon())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldStopWaitingWhenThreadIsInterrupted() throws Exception {
        start(access, LONG);
        try (Leash leash = leashes.open(target(node.draft(Mode.READ, client)), 1, soon())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> leash.awaitReady(soon())).isInstanceOf(StoreException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private void assertRefused(TokenDraft draft, ErrorCode code, String words) {
        assertThatThrownBy(() -> leashes.open(target(draft), 1, soon()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words)
                .hasMessageContaining("node 127.0.0.1:" + server.port());
        await().untilAsserted(() -> assertThat(node.sessions().openCount()).isZero());
    }

    private static byte[] open(AccessToken token, int lanes) {
        ByteBuffer request = ByteBuffer.allocate(TcpFormat.REQUEST_BYTES + token.encodedBytes());
        TcpFormat.putOpen(request, token, 1, lanes);
        return request.array();
    }

    private SegmentTarget target(TokenDraft draft) {
        return new SegmentTarget("node", "127.0.0.1", server.port(), draft.seal());
    }

    private static Deadline soon() {
        return Deadline.after(LONG);
    }

    private void start(DirectAccess direct, Duration idleTimeout) throws IOException {
        server = TcpDataServer.start(
                new TcpServerOptions("127.0.0.1", 0, 100, Duration.ofSeconds(5), idleTimeout),
                node,
                node.gate(),
                node.sessions(),
                AccessHook.NONE,
                direct,
                new DataMeters());
    }
}
