package io.mooncake4j.transfer.rdma.cm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.rdma.cm.CmException.Kind;
import io.mooncake4j.transfer.rdma.verbs.CmEvent;
import io.mooncake4j.transfer.rdma.verbs.CmEventType;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a queue pair's connecting is driven, and how its failures read, by steps that answer as written. */
class CmConnectorTest {
    private static final ConnectRequest REQUEST = new ConnectRequest(0x0123456789abcdefL, 1);

    private final Deque<CmEvent> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private @Nullable IOException refusedCall;

    private final ConnectSteps steps = new ConnectSteps() {
        @Override
        public void resolveAddress(int millis) {
            asked.add("address");
        }

        @Override
        public void createQueuePair() {
            asked.add("queue pair");
        }

        @Override
        public void resolveRoute(int millis) {
            asked.add("route");
        }

        @Override
        public void connect(byte[] privateData) throws IOException {
            asked.add("connect " + ConnectRequest.decode(privateData));
            if (refusedCall != null) {
                throw refusedCall;
            }
        }

        @Override
        public @Nullable CmEvent next(int millis) {
            assertThat(millis).isBetween(1, 100);
            return answers.poll();
        }
    };

    @Test
    void shouldTakeEachStepAfterTheOneBeforeWasAnswered() throws Exception {
        answer(CmEventType.ADDR_RESOLVED, 0);
        answer(CmEventType.ROUTE_RESOLVED, 0);
        answer(CmEventType.ESTABLISHED, 0);
        connect(Duration.ofSeconds(20));
        assertThat(asked).containsExactly("address", "route", "queue pair", "connect " + REQUEST);
        assertThat(answers).isEmpty();
    }

    static Stream<Arguments> failures() {
        CmEventType address = CmEventType.ADDR_RESOLVED;
        CmEventType route = CmEventType.ROUTE_RESOLVED;
        return Stream.of(
                Arguments.of(List.of(), CmEventType.ADDR_ERROR, -113, Kind.ADDRESS, "leads nowhere (-113)"),
                Arguments.of(List.of(address), CmEventType.ROUTE_ERROR, -110, Kind.ROUTE, "no route"),
                Arguments.of(List.of(address, route), CmEventType.REJECTED, 8, Kind.REJECTED, "nobody listens"),
                Arguments.of(List.of(address, route), CmEventType.UNREACHABLE, -110, Kind.UNREACHABLE, "UDP 4791"),
                Arguments.of(List.of(address, route), CmEventType.CONNECT_ERROR, -5, Kind.LOCAL, "CONNECT_ERROR (-5)"),
                Arguments.of(List.of(address), CmEventType.DEVICE_REMOVAL, 0, Kind.LOCAL, "DEVICE_REMOVAL"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldSayWhatFailedAndWhatToDo(
            List<CmEventType> before, CmEventType last, int status, Kind kind, String words) {
        before.forEach(type -> answer(type, 0));
        answer(last, status);
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        CmException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining("RDMA from 10.1.0.1 to 10.1.0.2:7471")
                .hasMessageContaining(words);
    }

    @Test
    void shouldSayWhyTheNodeRejects() {
        answer(CmEventType.ADDR_RESOLVED, 0);
        answer(CmEventType.ROUTE_RESOLVED, 0);
        byte[] padded = Arrays.copyOf(Refusal.EXPIRED_TICKET.encode(), 148);
        answers.add(new CmEvent(CmEventType.REJECTED, 28, 1, 0, padded));
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        CmException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REJECTED))
                .hasMessageContaining("the ticket has expired");
    }

    @Test
    void shouldEndAtTheDeadlineWhenNothingIsAnswered() {
        answer(CmEventType.ADDR_RESOLVED, 0);
        assertThatThrownBy(() -> connect(Duration.ofMillis(30)))
                .isInstanceOfSatisfying(
                        CmException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMED_OUT))
                .hasMessageContaining("finding the route");
    }

    @Test
    void shouldEndAndKeepTheFlagWhenInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20))).isInstanceOf(StoreException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldPassOnWhatACallSays() {
        answer(CmEventType.ADDR_RESOLVED, 0);
        answer(CmEventType.ROUTE_RESOLVED, 0);
        refusedCall = new IOException("rdma_connect: ECONNREFUSED");
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20))).isSameAs(refusedCall);
    }

    private void connect(Duration within) throws IOException {
        new CmConnector(steps, "RDMA from 10.1.0.1 to 10.1.0.2:7471", Deadline.after(within)).connect(REQUEST);
    }

    private void answer(CmEventType type, int status) {
        answers.add(new CmEvent(type, status, 1, 0, new byte[0]));
    }
}
