package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.Segment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdJournalTest extends JournalFixture {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldFindWhatWasWrittenWhenItIsReadAgainAtAnyTime(long seed) {
        Random random = new Random(seed);
        Map<String, Long> there = new HashMap<>();
        change(mounted(SEGMENT));
        Follower follower = new Follower(etcd.client(EtcdModel.Link.SOUND), loop, read());
        long id = 0;
        for (int round = 0; round < 200; round++) {
            int changes = 1 + random.nextInt(300);
            for (int i = 0; i < changes; i++) {
                String key = "key-" + random.nextInt(2000);
                Long old = there.remove(key);
                if (old != null && random.nextInt(3) > 0) {
                    change(removed(key, old));
                } else {
                    change(placed(key, ++id));
                    there.put(key, id);
                }
            }
            loop.pass(EtcdJournal.GATHER_NANOS);
            if (round % 10 == 0) {
                assertThat(Placements.of(read().state())).isEqualTo(Placements.of(found.state()));
            }
            if (random.nextInt(10) == 0) {
                etcd.client(EtcdModel.Link.SOUND)
                        .compact(journal.etcdRevision())
                        .join();
            }
        }
        CompletableFuture<Found> last = follower.finish();
        loop.pass(EtcdJournal.GATHER_NANOS);
        Found followed = last.join() == null ? read() : last.join();
        assertThat(Placements.of(followed.state())).isEqualTo(Placements.of(found.state()));
        assertThat(followed.head().sequence()).isEqualTo(journal.lastSequence());
        assertThat(etcd.value(Keys.entry(1))).as("the journal was trimmed").isNull();
        assertThat(losses).isEmpty();
    }

    @Test
    void shouldGatherRecordsWhenNobodyWaitsForThem() {
        change(mounted(SEGMENT));
        change(placed("a", 1));
        loop.pass(EtcdJournal.GATHER_NANOS - 1);
        assertThat(journal.durableSequence()).isZero();
        change(placed("b", 2));
        loop.pass(1);
        assertThat(journal.durableSequence()).isEqualTo(3);
        assertThat(etcd.keys()).filteredOn(key -> key.startsWith(Keys.JOURNAL)).hasSize(1);
    }

    @Test
    void shouldRefuseASegmentWhenTheirValueWouldOutgrowATransaction() {
        int mounts = 0;
        String refusal = journal.refusal(longNamed(mounts));
        while (refusal == null) {
            change(longNamed(mounts++));
            refusal = journal.refusal(longNamed(mounts));
        }
        assertThat(refusal).contains(mounts + " segments", "of 1048576 bytes");
        assertThat(journal.refusal(longNamed(0))).as("one that is there moves").isNull();

        loop.pass(EtcdJournal.GATHER_NANOS);
        change(new Change.SegmentDropped(longNamed(0).segmentId()));
        assertThat(journal.refusal(longNamed(mounts))).isNull();
        fillBatchNearly();
        change(longNamed(mounts));
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(losses).isEmpty();
        assertThat(etcd.largestTransactionBytes()).isLessThan(3 << 19);
        assertThat(read().segments().mounted()).hasSize(mounts);
    }

    /** Its texts are as long as they may be. */
    private static Change.SegmentMounted longNamed(int number) {
        String name = "\u20ac".repeat(255);
        return new Change.SegmentMounted(
                new UUID(5, number), name, name, 1 << 20, 1 << 20, new Segment.Address(name, 1234, 77));
    }

    private void fillBatchNearly() {
        byte[] key = new byte[4096];
        for (int i = 0; i < 250; i++) {
            change(new Change.ObjectRemoved("default", key, i));
        }
    }

    @Test
    void shouldKeepNothingWhenChangesComeAfterItsEnd() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(journal.close()).isTrue();
        long before = journal.lastSequence();
        byte[] key = new byte[1000];
        for (int i = 0; i < 1_000_000; i++) { // more than the heap has
            journal.append(new Change.ObjectRemoved("default", key, i));
        }
        AtomicInteger lost = new AtomicInteger();
        journal.whenDurable(journal.lastSequence(), new ChangeLog.Waiter() {
            @Override
            public void durable() {}

            @Override
            public void lost() {
                lost.incrementAndGet();
            }
        });
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(lost).hasValue(1);
        assertThat(journal.lastSequence()).isEqualTo(before + 1_000_000);
        assertThat(journal.durableSequence()).isEqualTo(before);
    }

    @Test
    void shouldRefusePutsWhenEtcdAnswersNothingForASecond() {
        AtomicBoolean silent = new AtomicBoolean();
        journal = lead(
                new EtcdModel.Link() {
                    @Override
                    public void deliver(Runnable completion) {
                        if (!silent.get()) {
                            completion.run();
                        }
                    }
                },
                SHORT_TAIL);
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        silent.set(true);
        change(placed("k", 1));
        loop.pass(900_000_000L);
        assertThat(journal.refusal()).isNull();
        loop.pass(200_000_000L);
        assertThat(journal.refusal()).contains("1099 ms");
    }

    @Test
    void shouldWriteOnceWhenAnswersAreLost() {
        Random random = new Random(5);
        journal = lead(
                new EtcdModel.Link() {
                    @Override
                    public boolean answers() {
                        return random.nextInt(2) == 0;
                    }

                    @Override
                    public boolean arrives() {
                        return random.nextInt(5) > 0;
                    }
                },
                SHORT_TAIL);
        change(mounted(SEGMENT));
        AtomicInteger durable = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            change(placed("k" + i, i + 1));
            journal.whenDurable(journal.lastSequence(), durable::incrementAndGet);
            loop.pass(1_000_000_000L);
        }
        loop.pass(60_000_000_000L);
        assertThat(losses).isEmpty();
        assertThat(durable).hasValue(50);
        assertThat(Placements.of(read().state())).isEqualTo(Placements.of(found.state()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5000})
    void shouldAskSeldomWhenTheJournalIsOfManyCommitsWhateverTheirSize(int recordsEach) {
        journal = lead(EtcdModel.Link.SOUND, JournalOptions.defaults());
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        Found standby = read();
        long id = 0;
        for (int commit = 0; commit < 20_000 / recordsEach; commit++) {
            for (int i = 0; i < recordsEach; i++) {
                change(placed("k" + id, ++id));
            }
            loop.pass(EtcdJournal.GATHER_NANOS);
        }
        AtomicInteger asked = new AtomicInteger();
        EtcdModel.Link counting = new EtcdModel.Link() {
            @Override
            public boolean arrives() {
                asked.incrementAndGet();
                return true;
            }
        };

        CompletableFuture<Found> cold = Recovery.read(etcd.client(counting), loop);
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(Placements.of(cold.join().state())).isEqualTo(Placements.of(found.state()));
        assertThat(asked.getAndSet(0)).isLessThan(40);

        Follower follower = new Follower(etcd.client(counting), loop, standby);
        CompletableFuture<Boolean> complete = follower.catchUp();
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(complete.join()).isTrue();
        assertThat(follower.sequence()).isEqualTo(journal.lastSequence());
        assertThat(asked).hasValueLessThan(20);
    }

    @Test
    void shouldWaitAndRefusePutsWhenEtcdIsFull() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        etcd.setFull(true);
        change(placed("k", 1));
        loop.pass(3_000_000_000L);
        assertThat(journal.refusal()).contains("space");
        etcd.setFull(false);
        loop.pass(3_000_000_000L);
        assertThat(journal.refusal()).isNull();
        assertThat(journal.durableSequence()).isEqualTo(2);
    }

    @Test
    void shouldNameTheKeyWhenSomethingIsDamagedMissingOrNewer() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        change(placed("k", 1));
        loop.pass(EtcdJournal.GATHER_NANOS);
        change(placed("k2", 2));
        loop.pass(EtcdJournal.GATHER_NANOS);
        byte[] second = etcd.value(Keys.entry(2));

        etcd.write(Keys.entry(2), null);
        assertThatThrownBy(this::read)
                .rootCause()
                .hasMessageContaining(Keys.entry(3))
                .hasMessageContaining("missing");

        byte[] damaged = second.clone();
        damaged[damaged.length / 2] ^= 1;
        etcd.write(Keys.entry(2), damaged);
        assertThatThrownBy(this::read)
                .rootCause()
                .hasMessageContaining(Keys.entry(2))
                .hasMessageContaining("checksum");

        byte[] newer = second.clone();
        newer[2] = 9;
        etcd.write(Keys.entry(2), newer);
        assertThatThrownBy(this::read).rootCause().hasMessageContaining("run a newer mooncake4j");

        etcd.write(Keys.entry(2), second);
        assertThat(read().state().objects().objectCount()).isEqualTo(2);
    }
}
