package io.mooncake4j.transfer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.engine.TestNode.TokenDraft;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.safety.SafetyRule;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.safety.SafetySwitches;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.SealKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every transport must do: obey tokens (S3) and cuts of sessions (S2). A transport's test extends it with its fixture. */
public abstract class TransportSafetyBehaviour extends TransportCase {
    /** What the master sealed, but not for this access; and what was changed after it was sealed. */
    enum Spoiled {
        FORGED(draft -> draft.key = new SealKey(new byte[32])),
        EXPIRED(draft -> draft.deadlineTicks = System.nanoTime() - 1),
        OTHER_SEGMENT(draft -> draft.segment = UUID.randomUUID()),
        OLDER_EPOCH(draft -> draft.epoch = new Epoch(draft.epoch.clusterId(), draft.epoch.revision() - 1)),
        NEWER_EPOCH(draft -> draft.epoch = new Epoch(draft.epoch.clusterId(), draft.epoch.revision() + 1)),
        OTHER_CLUSTER(draft -> draft.epoch = new Epoch(UUID.randomUUID(), draft.epoch.revision())),
        OTHER_NONCE(draft -> draft.nonce++),
        MODE_CHANGED(draft -> draft.afterSealing = d -> d.mode = d.mode == Mode.READ ? Mode.WRITE : Mode.READ),
        CLIENT_CHANGED(draft -> draft.afterSealing = d -> d.client = UUID.randomUUID()),
        GENERATION_CHANGED(draft -> draft.afterSealing = d -> d.generation++),
        DEADLINE_CHANGED(draft -> draft.afterSealing = d -> d.deadlineTicks++),
        RANGE_CHANGED(draft -> draft.afterSealing = d -> d.range(0, 0, 4096));

        private final Consumer<TokenDraft> spoil;

        Spoiled(Consumer<TokenDraft> spoil) {
            this.spoil = spoil;
        }
    }

    @ParameterizedTest
    @EnumSource(Spoiled.class)
    void shouldRefuseWhenTokenIsWrong(Spoiled spoiled) throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, AccessHook.NONE).port();
        Transport transport = transport();
        for (Mode mode : Mode.values()) {
            filled(node.memory(0, 0, 1 << 20));
            ByteBuffer buffer = ByteBuffer.allocateDirect(200_000);
            BytePattern.fill(buffer, 3, 0);
            TransferOp op = new TransferOp(0, 0, buffer);
            TokenDraft draft = node.draft(mode, client).range(0, 0, 1 << 20);
            spoiled.spoil.accept(draft);
            // who is let in already is checked by nobody but itself
            Transport asking = checksEachAccess() ? transport : transport();
            run(asking, port, draft, op, new TransferOp(0, 0, buffer.duplicate()));

            assertThat(op.outcome()).isIn(Outcome.REFUSED, Outcome.NEVER_SENT);
            assertThat(op.error()).as(op.detail()).isEqualTo(ErrorCode.TOKEN_REFUSED);
            BytePattern.checkAll(node.memory(0, 0, 1 << 20), UNTOUCHED);
            BytePattern.check(buffer, 3, 0);

            TransferOp right = new TransferOp(0, 0, buffer);
            run(transport, port, node.draft(Mode.WRITE, client).range(0, 0, 1 << 20), right);
            assertThat(right.outcome()).as(right.detail()).isEqualTo(Outcome.DONE);
            BytePattern.check(node.memory(0, 0, 200_000), 3, 0);
        }
    }

    static Stream<Arguments> rangesOutside() {
        // a token's range (region, offset, length), then the operation's range index and offset; it has 1000 bytes
        return Stream.of(
                Arguments.of(0, 0, 999, 0, 0),
                Arguments.of(0, 0, 5000, 0, 4001),
                Arguments.of(0, 0, 5000, 0, -1),
                Arguments.of(0, 0, 5000, 0, Long.MAX_VALUE),
                Arguments.of(0, 0, 5000, 0, Long.MAX_VALUE - 500),
                Arguments.of(0, 0, 5000, 0, Long.MIN_VALUE),
                Arguments.of(0, 0, 5000, 2, 0),
                Arguments.of(0, 0, 5000, -1, 0),
                Arguments.of(0, (1 << 20) - 999, 5000, 0, 0),
                Arguments.of(0, Long.MAX_VALUE - 10, 5000, 0, 100),
                Arguments.of(0, -100, 5000, 0, 0),
                Arguments.of(0, 0, Long.MAX_VALUE, 0, 1 << 20),
                Arguments.of(1, 0, 5000, 0, 0),
                Arguments.of(-1, 0, 5000, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("rangesOutside")
    void shouldRefuseOneOpWhenItLeavesItsRange(int region, long start, long length, int index, long offset)
            throws Exception {
        for (SafetyRules rules : List.of(SafetyRules.ALL, SafetySwitches.allExcept(SafetyRule.TOKEN_CHECK))) {
            TestNode node = new TestNode(1, 1 << 20, rules);
            filled(node.memory(0, 0, 1 << 20));
            int port = start(node, AccessHook.NONE).port();
            ByteBuffer source = ByteBuffer.allocateDirect(1000);
            BytePattern.fill(source, 3, 0);
            TransferOp before = new TransferOp(1, 0, source);
            TransferOp outside = new TransferOp(index, offset, source.duplicate());
            TransferOp after = new TransferOp(1, 5000, source.duplicate());
            TokenDraft draft =
                    node.draft(Mode.WRITE, client).range(region, start, length).range(0, 10_000, 10_000);
            run(transport(), port, draft, before, outside, after);

            assertThat(List.of(before.outcome(), after.outcome())).containsOnly(Outcome.DONE);
            BytePattern.check(node.memory(0, 10_000, 1000), 3, 0);
            BytePattern.check(node.memory(0, 15_000, 1000), 3, 0);
            boolean insideMemory = region == 0 && start == 0 && offset >= 0 && offset < 1 << 20 && index == 0;
            if (rules == SafetyRules.ALL || !insideMemory) {
                if (checksEachAccess()) {
                    assertThat(outside.outcome()).isEqualTo(Outcome.REFUSED);
                    assertThat(outside.error()).isEqualTo(ErrorCode.TOKEN_REFUSED);
                } else { // the client itself leaves it to a transport whose node can refuse it
                    assertThat(outside.outcome()).isEqualTo(Outcome.NEVER_SENT);
                    assertThat(outside.error()).isEqualTo(ErrorCode.INVALID_PARAMS);
                }
                BytePattern.checkAll(node.memory(0, 0, 10_000), UNTOUCHED);
            }
        }
    }

    @Test
    void shouldServeForgedTokenWhenTokenCheckIsOff() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetySwitches.allExcept(SafetyRule.TOKEN_CHECK));
        BytePattern.fill(node.memory(0, 0, 1 << 20), 3, 0);
        TransferOp stolen = new TransferOp(0, 0, ByteBuffer.allocateDirect(1000));
        TokenDraft forged = node.draft(Mode.READ, client).range(0, 500, 1000);
        forged.key = new SealKey(new byte[32]);
        forged.deadlineTicks = System.nanoTime() - 1;
        run(transport(), start(node, AccessHook.NONE).port(), forged, stolen);
        assertThat(stolen.outcome()).isEqualTo(Outcome.DONE);
        BytePattern.check(stolen.buffers()[0], 3, 500);
    }

    @Test
    void shouldRefuseGenerationForGoodWhenItWasCut() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetyRules.ALL);
        int port = start(node, AccessHook.NONE).port();
        Transport transport = transport();
        assertThat(write(transport, port, node, 3).outcome()).isEqualTo(Outcome.DONE);
        assertThat(node.sessions().cut(client, 3).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));

        for (long generation = 1; generation <= 3; generation++) {
            TransferOp first = write(transport, port, node, generation);
            TransferOp again = write(transport(), port, node, generation);
            // a pooled connection may still look alive when the first bytes leave
            assertThat(first.outcome()).isIn(Outcome.NEVER_SENT, Outcome.UNANSWERED);
            assertThat(again.outcome()).isIn(Outcome.NEVER_SENT, Outcome.REFUSED);
            assertThat(again.error()).isEqualTo(ErrorCode.SESSION_CUT);
        }
        assertThat(write(transport, port, node, 4).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void shouldAdmitCutGenerationWhenGenerationRuleIsOff() throws Exception {
        TestNode node = new TestNode(1, 1 << 20, SafetySwitches.allExcept(SafetyRule.GENERATION));
        int port = start(node, AccessHook.NONE).port();
        assertThat(node.sessions().cut(client, 3).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
        filled(node.memory(0, 0, 1 << 20)); // the memory has a new owner, which trusts the cut
        assertThat(write(transport(), port, node, 3).outcome()).isEqualTo(Outcome.DONE);
        BytePattern.check(node.memory(0, 0, 1000), 8, 0);
    }
}
