package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is said while the journal lags behind. */
class UndurableTest {
    private static final UUID ALICE = new UUID(9, 1);

    private final LaggingLog log = new LaggingLog();
    private final CoreFixture fixture = new CoreFixture(SafetyRules.ALL, log);

    private Commit removeAll() {
        Commit commit = new Commit();
        fixture.core.removals().removeMatching(fixture.core.objects().tenant(""), key -> true, commit, fixture.now());
        return commit;
    }

    @Test
    void shouldWaitForTheRemovalWhenSomebodyElseRemovedEverything() {
        fixture.mount("n1", 1 << 20);
        fixture.put(ALICE, "k", 1000);
        assertThat(fixture.remove("k")).isEqualTo(ErrorCode.OK);
        assertThat(removeAll().sequence()).isEqualTo(log.lastSequence());
    }

    @Test
    void shouldNotCallAPutDoneWhenTheOneBeforeItIsNotAcknowledgeable() {
        fixture.mount("n1", 1 << 20);
        fixture.put(ALICE, "k", 1000);
        assertThat(fixture.start(ALICE, "k", 1000).code()).isEqualTo(ErrorCode.OBJECT_ALREADY_EXISTS);
        log.stopAcknowledging();
        assertThat(fixture.start(ALICE, "k", 1000).code()).isEqualTo(ErrorCode.PUT_IN_PROGRESS);
    }
}
