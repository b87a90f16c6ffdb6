package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.ha.LoggedLines;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** All is read at one revision, which etcd may forget meanwhile. */
class RecoveryTest extends JournalFixture {
    private static final long MILLISECOND = 1_000_000;
    /** Longer than all pauses. */
    private static final long LONG = 120_000 * MILLISECOND;

    private int requests;
    /** How many requests more are too late for the revision that they ask for. */
    private int late = Integer.MAX_VALUE;

    /** To an etcd whose history is forgotten whenever it is asked. */
    private final Etcd forgetful = etcd.client(new EtcdModel.Link() {
        @Override
        public boolean arrives() {
            requests++;
            if (late > 0) {
                late--;
                etcd.write("written-by-others", new byte[1]);
                Etcd other = etcd.client(SOUND);
                other.compact(other.health().join().revision()).join();
            }
            return true;
        }
    });

    private void place() {
        change(mounted(SEGMENT));
        change(placed("a", 1));
        loop.pass(EtcdJournal.GATHER_NANOS);
    }

    @Test
    void shouldPauseLongerAndLongerAndSayWhatToDoWhenTheRevisionIsForgotten() {
        place();
        try (LoggedLines lines = new LoggedLines(Recovery.class)) {
            CompletableFuture<Found> reading = Recovery.read(forgetful, loop);
            loop.run();
            assertThat(requests).as("the head, and what it is too late for").isEqualTo(2);
            loop.pass(499 * MILLISECOND);
            assertThat(requests).as("in the pause").isEqualTo(2);
            assertThat(lines.with("etcd forgot revision"))
                    .singleElement()
                    .asString()
                    .contains("--auto-compaction-retention", "in 500 ms", "try 2 of 10");
            loop.pass(MILLISECOND);
            assertThat(requests).isEqualTo(4);
            loop.pass(999 * MILLISECOND);
            assertThat(requests).isEqualTo(4);
            late = 0;
            loop.pass(MILLISECOND);
            assertThat(Placements.of(reading.join().state())).isEqualTo(Placements.of(found.state()));
            assertThat(lines.with("etcd forgot revision")).hasSize(2);
        }
    }

    @Test
    void shouldFailWhenTheRevisionIsForgottenTimeAndAgain() {
        place();
        CompletableFuture<Found> reading = Recovery.read(forgetful, loop);
        loop.pass(LONG);
        assertThatThrownBy(reading::join)
                .hasMessageContaining("--auto-compaction-retention")
                .extracting(failure -> EtcdException.of(failure).kind())
                .isEqualTo(EtcdException.Kind.COMPACTED);
        assertThat(requests).as("ten tries").isEqualTo(20);
    }

    @Test
    void shouldCheckAllTheSameWhenTheRevisionIsForgottenMeanwhile() {
        place();
        late = 3;
        assertThat(Audit.of(forgetful).state().objects().objectCount()).isEqualTo(1);
    }

    @Test
    void shouldSayWhatToDoWhenACheckIsAlwaysTooLate() {
        place();
        assertThatThrownBy(() -> Audit.of(forgetful))
                .isInstanceOf(EtcdException.class)
                .hasMessageContainingAll("etcd forgot revision", "--auto-compaction-retention");
        assertThat(requests).as("ten tries").isEqualTo(20);
    }
}
