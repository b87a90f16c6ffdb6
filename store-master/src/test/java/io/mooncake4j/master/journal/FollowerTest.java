package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdModel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowerTest extends JournalFixture {
    private long id;

    private void commit(int records) {
        for (int i = 0; i < records; i++) {
            change(placed("k" + id, ++id));
        }
        loop.pass(EtcdJournal.GATHER_NANOS);
    }

    private Follower follower() {
        return new Follower(etcd.client(EtcdModel.Link.SOUND), loop, read());
    }

    private <T extends @Nullable Object> T done(CompletableFuture<T> future) {
        loop.pass(EtcdJournal.GATHER_NANOS);
        return future.join();
    }

    @Test
    void shouldApplyEveryRecordOnceWhenItCatchesUpAgainAndAgain() {
        change(mounted(SEGMENT));
        commit(1);
        Follower follower = follower();
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < round; i++) {
                commit(1 + i % 3);
            }
            assertThat(done(follower.catchUp())).isTrue();
            assertThat(follower.sequence()).isEqualTo(journal.lastSequence());
            if (round % 5 == 0) {
                change(removed("k" + (id - 1), id));
            }
        }
        Found taken = done(follower.finish());
        assertThat(Placements.of(taken.state())).isEqualTo(Placements.of(found.state()));
    }

    @ParameterizedTest(name = "{0} commits of {1} records after the backup")
    @CsvSource({"0, 0", "1, 3", "2, 3", "6, 1", "5, 3", "12, 1", "2, 7", "3, 4", "30, 1"})
    void shouldHaveAllReadAnewWhenTheJournalWentBackAndTookAnotherCourse(int commits, int records) {
        change(mounted(SEGMENT));
        commit(4);
        Map<String, byte[]> backup = etcd.snapshot();
        commit(3);
        commit(3);
        Follower follower = follower();
        etcd.keys().forEach(key -> etcd.write(key, backup.get(key)));
        found = read();
        journal = lead(EtcdModel.Link.SOUND, JournalOptions.defaults());
        id = 1000;
        for (int i = 0; i < commits; i++) {
            commit(records);
        }
        assertThat(done(follower.catchUp())).isFalse();
        assertThat(done(follower.finish())).isNull();
    }
}
