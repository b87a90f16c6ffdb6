package io.mooncake4j.transfer.rpc;

import static io.mooncake4j.transfer.rpc.RpcFixture.call;
import static io.mooncake4j.transfer.rpc.RpcFixture.callAsync;
import static io.mooncake4j.transfer.rpc.RpcFixture.failureOf;
import static io.mooncake4j.transfer.rpc.RpcFixture.get;
import static io.mooncake4j.transfer.rpc.RpcFixture.localFailureOf;
import static io.mooncake4j.transfer.rpc.RpcFixture.text;
import static io.mooncake4j.transfer.rpc.RpcFixture.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.NotLeader;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.PutStartRequest;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "native transport: {0}")
@ValueSource(booleans = {true, false})
class RpcCallTest {
    private final RpcFixture fixture;

    RpcCallTest(boolean nativeTransport) {
        fixture = new RpcFixture(nativeTransport);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void shouldAnswerWhenCalled() {
        RpcClient client = fixture.client(fixture.server(RpcFixture::echo));
        assertThat(call(client, "hello")).isEqualTo("hello");
        assertThat(get(callAsync(client, ""))).isEmpty();
        String large = "0123456789abcdef".repeat(600_000);
        assertThat(call(client, large)).isEqualTo(large);
    }

    @Test
    void shouldGiveEachItsOwnAnswerWhenManyThreadsCall() throws Exception {
        RpcServer server = fixture.server(fixture.serverOptions().threads(2), RpcFixture::echo);
        RpcClient client = fixture.client(
                fixture.clientOptions(server.port()).connections(2).maxInFlight(64));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> wrong = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            String name = "thread " + t + " call ";
            wrong.add(threads.submit(() -> {
                int count = 0;
                for (int i = 0; i < 500; i++) {
                    count += call(client, name + i).equals(name + i) ? 0 : 1;
                }
                return count;
            }));
        }
        for (Future<Integer> count : wrong) {
            assertThat(count.get()).isZero();
        }
        threads.shutdown();
    }

    @Test
    void shouldPipelineAndMatchAnswersWhenTheyComeOutOfOrder() {
        List<RpcCall> waiting = new CopyOnWriteArrayList<>();
        RpcClient client = fixture.client(fixture.server(waiting::add));
        List<String> ended = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(callAsync(client, "call " + i).whenComplete((answer, e) -> ended.add(answer)));
        }
        await().until(() -> waiting.size() == 10);
        for (int i = 9; i >= 0; i--) {
            RpcFixture.echo(waiting.get(i));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(get(calls.get(i))).isEqualTo("call " + i);
        }
        assertThat(ended).startsWith("call 9").endsWith("call 0").hasSize(10);
    }

    @Test
    void shouldAnswerWhenTheHandlerDoesSoFromAnotherThread() {
        RpcClient client = fixture.client(fixture.server(
                call -> CompletableFuture.runAsync(() -> call.reply(text(textOf(call) + " from afar")))));
        assertThat(call(client, "hello")).isEqualTo("hello from afar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"answer", "fail", "throw"})
    void shouldSayNothingButWhatForbidsItWhenAnAnswerOrErrorIsForbidden(String ending) {
        AtomicReference<@Nullable StoreException> objection = new AtomicReference<>();
        RpcClient client = fixture.client(fixture.server(call -> {
            call.guardedBy(objection::get);
            StoreException error = new StoreException(ErrorCode.SEGMENT_NOT_FOUND, "this segment is unknown");
            switch (textOf(call)) {
                case "fail" -> call.fail(error.code(), error.reason());
                case "throw" -> throw error;
                default -> RpcFixture.echo(call);
            }
        }));
        if (ending.equals("answer")) {
            assertThat(call(client, ending)).isEqualTo(ending);
        } else {
            assertThat(failureOf(callAsync(client, ending)).code()).isEqualTo(ErrorCode.SEGMENT_NOT_FOUND);
        }
        objection.set(NotLeader.deposed(null));
        StoreException forbidden = failureOf(callAsync(client, ending));
        assertThat(forbidden.code()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(NotLeader.nothingDone(forbidden.reason())).isFalse();
    }

    @Test
    void shouldCarryTheTimeLeftToTheServer() {
        BlockingQueue<Long> left = new LinkedBlockingQueue<>();
        RpcClient client = fixture.client(fixture.server(call -> {
            left.add(call.deadline().remainingNanos());
            RpcFixture.echo(call);
        }));
        call(client, "", Deadline.after(Duration.ofSeconds(20)));
        assertThat(left.remove()).isGreaterThan(0).isLessThanOrEqualTo(TimeUnit.SECONDS.toNanos(20));
    }

    @Test
    void shouldTimeOutWhenTheServerDoesNotAnswerInTime() {
        RpcClient client = fixture.client(fixture.server(RpcCallTest::answerFirst));
        call(client, "first"); // so that it is connected
        long start = System.nanoTime();
        RpcException failure = catchThrowableOfType(
                RpcException.class, () -> call(client, "", Deadline.after(Duration.ofMillis(300))));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(failure.code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(failure.maybeDelivered()).isTrue();
        assertThat(failure).hasMessageContaining("REMOVE_ALL got no answer from 127.0.0.1:");
    }

    @Test
    void shouldEndEachAtItsOwnDeadlineWhenSeveralAreInFlight() {
        RpcClient client = fixture.client(fixture.server(call -> {}));
        List<String> ended = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<String> late = callAsync(client, "", Deadline.after(Duration.ofMillis(900)))
                .whenComplete((answer, e) -> ended.add("late"));
        CompletableFuture<String> early = callAsync(client, "", Deadline.after(Duration.ofMillis(100)))
                .whenComplete((answer, e) -> ended.add("early"));
        assertThat(localFailureOf(early).code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(localFailureOf(late).code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(ended).containsExactly("early", "late");
    }

    private static void answerFirst(RpcCall call) {
        if (textOf(call).equals("first")) {
            RpcFixture.echo(call);
        }
    }

    @Test
    void shouldNotSendWhenTheDeadlineIsOver() {
        BlockingQueue<RpcCall> handled = new LinkedBlockingQueue<>();
        RpcClient client = fixture.client(fixture.server(call -> {
            handled.add(call);
            RpcFixture.echo(call);
        }));
        call(client, "first");
        RpcException failure = localFailureOf(callAsync(client, "second", Deadline.afterNanos(0)));
        assertThat(failure.code()).isEqualTo(ErrorCode.RPC_TIMEOUT);
        assertThat(failure.maybeDelivered()).isFalse();
        call(client, "third");
        assertThat(handled).hasSize(2);
    }

    @Test
    void shouldPassOnTheErrorWhenTheHandlerFailsTheCall() {
        RpcClient client = fixture.client(fixture.server(call -> {
            switch (textOf(call)) {
                case "fail" -> call.fail(ErrorCode.OBJECT_NOT_FOUND, "no größer object");
                case "throw typed" -> throw new StoreException(ErrorCode.INVALID_KEY, "bad key");
                case "throw" -> throw new IllegalStateException("broken");
                default -> RpcFixture.echo(call);
            }
        }));
        assertFailure(client, "fail", ErrorCode.OBJECT_NOT_FOUND, "OBJECT_NOT_FOUND (-704): no größer object");
        assertFailure(client, "throw typed", ErrorCode.INVALID_KEY, "INVALID_KEY (-400): bad key");
        assertFailure(
                client,
                "throw",
                ErrorCode.INTERNAL_ERROR,
                "INTERNAL_ERROR (-1): the server failed: java.lang.IllegalStateException: broken");
        assertThat(call(client, "and on")).isEqualTo("and on");
    }

    private static void assertFailure(RpcClient client, String text, ErrorCode code, String message) {
        StoreException failure = failureOf(callAsync(client, text));
        assertThat(failure).isNotInstanceOf(RpcException.class).hasMessage(message);
        assertThat(failure.code()).isEqualTo(code);
        assertThatThrownBy(() -> call(client, text))
                .isInstanceOf(StoreException.class)
                .hasMessage(message);
    }

    @Test
    void shouldFailTheCallAndGoOnWhenABodyIsNotTheMessageExpected() {
        RpcClient client = fixture.client(fixture.server(RpcFixture::echo));
        PutStartRequest other = PutStartRequest.newBuilder()
                .setClient(Uuid.newBuilder().setHi(-1).setLo(-1))
                .build();
        assertThatThrownBy(() -> client.call(
                        Method.REMOVE_ALL, other, RemoveAllRequest.parser(), Deadline.after(RpcFixture.PATIENCE)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .hasMessageContaining("the body of REMOVE_ALL is malformed");
        assertThatThrownBy(() -> client.call(
                        Method.REMOVE_ALL,
                        text("no id"),
                        PutStartRequest.parser(),
                        Deadline.after(RpcFixture.PATIENCE)))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.maybeDelivered()).isTrue())
                .hasMessageContaining("the answer of REMOVE_ALL is malformed");
        assertThat(call(client, "and on")).isEqualTo("and on");
    }

    @Test
    void shouldRefuseTheSecondWhenACallIsAnsweredTwice() {
        BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
        RpcClient client = fixture.client(fixture.server(call -> {
            RpcFixture.echo(call);
            try {
                call.fail(ErrorCode.INTERNAL_ERROR, "");
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        }));
        assertThat(call(client, "once")).isEqualTo("once");
        assertThat(thrown).hasSize(1);
    }

    @Test
    void shouldFailWithFrameTooLargeWhenRequestOrAnswerIsOverTheLimit() {
        RpcServer small = fixture.server(
                fixture.serverOptions().maxFrameBytes(10_000),
                call -> call.reply(text("x".repeat(Integer.parseInt(textOf(call).strip())))));
        RpcClient client = fixture.client(small);
        assertThat(failureOf(callAsync(client, "1" + " ".repeat(20_000))))
                .hasMessageContaining("FRAME_TOO_LARGE (-2011): a frame of 20037 bytes; the limit here is 10000");
        assertThat(failureOf(callAsync(client, "20000")))
                .hasMessageContaining("FRAME_TOO_LARGE (-2011): the answer has 20036 bytes, the limit is 10000");
        RpcClient smallClient =
                fixture.client(fixture.clientOptions(small.port()).maxFrameBytes(2000));
        RpcException unsent = localFailureOf(callAsync(smallClient, "1" + " ".repeat(2000)));
        assertThat(unsent.code()).isEqualTo(ErrorCode.FRAME_TOO_LARGE);
        assertThat(unsent.maybeDelivered()).isFalse();
        RpcException answered = localFailureOf(callAsync(smallClient, "3000"));
        assertThat(answered.code()).isEqualTo(ErrorCode.FRAME_TOO_LARGE);
        assertThat(answered.maybeDelivered()).isTrue();
        assertThat(call(client, "1")).isEqualTo("x");
        assertThat(call(smallClient, "1")).isEqualTo("x");
    }

    @Test
    void shouldRefuseToBlockWhenCalledOnItsEventLoop() throws Exception {
        BlockingQueue<RpcCall> calls = new LinkedBlockingQueue<>();
        RpcClient client = fixture.client(fixture.server(calls::add));
        CompletableFuture<String> nested = callAsync(client, "outer").thenApply(outer -> call(client, "inner"));
        // answered only now, so that what depends on the answer runs on the event loop
        RpcFixture.echo(calls.take());
        assertThatThrownBy(nested::get)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldStopWaitingWhenInterrupted() throws Exception {
        BlockingQueue<RpcCall> handled = new LinkedBlockingQueue<>();
        RpcClient client = fixture.client(fixture.server(handled::add));
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                call(client, "");
            } catch (RpcException e) {
                interrupted.complete(
                        e.maybeDelivered() && Thread.currentThread().isInterrupted());
            }
        });
        caller.start();
        handled.take();
        caller.interrupt();
        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
