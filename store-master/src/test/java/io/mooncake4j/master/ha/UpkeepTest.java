package io.mooncake4j.master.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.journal.EtcdJournal;
import io.mooncake4j.master.journal.Found;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.journal.ManualLoop;
import io.mooncake4j.master.journal.Recovery;
import io.mooncake4j.master.placement.Change;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpkeepTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long QUOTA = 1000 << 20;

    private final ManualLoop loop = new ManualLoop();
    private final EtcdModel model = new EtcdModel(loop::nanoTime);
    private final Etcd etcd = model.client(EtcdModel.Link.SOUND);
    private EtcdJournal journal;
    private long objects;

    @BeforeEach
    void lead() {
        CompletableFuture<Found> reading = Recovery.read(etcd, loop);
        loop.pass(EtcdJournal.GATHER_NANOS);
        Found found = reading.join();
        long revision = etcd.txn(new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, new byte[0]))
                .join()
                .revision();
        JournalOptions options = JournalOptions.defaults().withQuotaBytes(QUOTA);
        journal = new EtcdJournal(etcd, loop, revision, found, options, why -> {
            throw new AssertionError(why);
        });
        journal.keepBuckets(found);
        change();
        new Upkeep(etcd, loop, journal, () -> objects, QUOTA).begin();
    }

    private void change() {
        journal.append(new Change.ObjectRemoved("default", "k".getBytes(StandardCharsets.UTF_8), 1));
        loop.pass(EtcdJournal.GATHER_NANOS);
    }

    /** Lets time pass, a change every second; returns how many revisions of history are left. */
    private long history(int seconds) {
        for (int i = 0; i < seconds; i++) {
            change();
            loop.pass(SECOND);
        }
        return journal.etcdRevision() - model.compacted();
    }

    @ParameterizedTest
    @CsvSource({"100, 10, 15", "600, 5, 10", "800, 0, 5"})
    void shouldKeepTheLessHistoryTheFullerEtcdIs(long usedMb, long least, long most) {
        model.setHealth(900 << 20, usedMb << 20, false);
        history(31);
        for (int i = 0; i < 20; i++) {
            assertThat(history(1)).isBetween(least, most + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 20, 25", "600, 15, 20", "800, 10, 15"})
    void shouldKeepMoreHistoryWhenThereIsMoreToReadHoweverFullEtcdIs(long usedMb, long least, long most) {
        model.setHealth(900 << 20, usedMb << 20, false);
        objects = 2_000_000;
        history(31);
        for (int i = 0; i < 20; i++) {
            assertThat(history(1)).isBetween(least, most + 1);
        }
    }

    @Test
    void shouldForgetNothingWhenOthersHaveKeysThere() {
        model.setHealth(100 << 20, 100 << 20, true);
        history(60);
        assertThat(model.compacted()).isZero();
        assertThat(journal.status().advice()).singleElement().asString().contains("--auto-compaction-mode");
    }

    @Test
    void shouldRefusePutsBeforeEtcdIsFullAndTakeThemAgainWhenThereIsRoom() {
        model.setHealth(840 << 20, 840 << 20, false);
        history(6);
        assertThat(journal.refusal()).isNull();
        model.setHealth(860 << 20, 860 << 20, false);
        history(6);
        assertThat(journal.refusal()).contains("quota").contains("no new objects until there is room");
        assertThat(journal.status().advice()).anyMatch(text -> text.contains("--etcd-quota"));
        model.setHealth(860 << 20, 760 << 20, false);
        history(6);
        assertThat(journal.refusal()).as("not to and fro").isNotNull();
        model.setHealth(860 << 20, 740 << 20, false);
        history(6);
        assertThat(journal.refusal()).isNull();
        assertThat(journal.status().advice()).isEmpty();
    }

    @Test
    void shouldGoOnByItselfWhenAnEtcdOfItsOwnWasFullOfHistory() {
        history(1);
        model.setHealth(1000 << 20, 100 << 20, false);
        model.setFull(true);
        model.setLeftOut(List.of("etcd at model:2: no connection"));
        try (LoggedLines lines = new LoggedLines(Relief.class)) {
            change();
            assertThat(journal.refusal()).contains("space");
            history(8);
            assertThat(journal.refusal()).isNull();
            assertThat(journal.durableSequence()).isEqualTo(journal.lastSequence());
            assertThat(lines.with("making room"))
                    .singleElement()
                    .asString()
                    .contains("has 1048576000 of at most 1048576000 bytes, of which 104857600 are in use");
            assertThat(lines.with("left out")).singleElement().asString().contains("model:2: no connection");
        }
    }

    @Test
    void shouldLogWhatToDoOnceWheneverItBegins() {
        try (LoggedLines lines = new LoggedLines(Upkeep.class)) {
            for (int times = 1; times <= 2; times++) {
                model.setHealth(860 << 20, 860 << 20, false);
                history(20);
                assertThat(lines.with("puts are refused, since etcd's database is nearly full"))
                        .hasSize(times)
                        .allSatisfy(line -> assertThat(line).contains("--quota-backend-bytes", "--etcd-quota"));
                model.setHealth(860 << 20, 700 << 20, false);
                history(6);
            }
            model.setHealth(860 << 20, 500 << 20, true);
            history(20);
            assertThat(lines.with("--auto-compaction-mode")).hasSize(1);
            model.setHealth(1000 << 20, 500 << 20, false);
            model.setFull(true);
            history(20);
            assertThat(lines.with("etcd has raised NOSPACE"))
                    .singleElement()
                    .asString()
                    .contains("etcdctl --endpoints model:1 alarm disarm");
        }
    }

    @ParameterizedTest
    @CsvSource({"100, true, Make room by", "500, false, Make room by", "900, false, larger --quota-backend-bytes"})
    void shouldSayTheCommandsWhenMakingRoomWouldHarm(long usedMb, boolean foreign, String words) {
        model.setHealth(1000 << 20, usedMb << 20, foreign);
        model.setFull(true);
        history(20);
        assertThat(journal.refusal()).isNotNull();
        assertThat(journal.status().advice())
                .anySatisfy(text -> assertThat(text)
                        .contains(words)
                        .contains("etcdctl --endpoints model:1 compact " + journal.etcdRevision())
                        .contains("etcdctl --endpoints model:1 defrag")
                        .contains("etcdctl --endpoints model:1 alarm disarm"));
    }

    @Test
    void shouldAdviseToDefragmentWhenTheFileIsLargeAndMostlyFree() {
        model.setHealth(900 << 20, 300 << 20, false);
        history(6);
        assertThat(journal.refusal()).isNull();
        assertThat(journal.status().advice()).singleElement().asString().contains("defrag", "at a quiet time");
        model.setHealth(900 << 20, 50 << 20, false);
        history(11);
        assertThat(journal.status().advice()).isEmpty();
        assertThat(journal.status().sizeBytes()).as("it did so itself").isEqualTo(50 << 20);
    }
}
