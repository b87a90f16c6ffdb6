package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who waits for a record hears once what came of it. */
class JournalWaitersTest extends JournalFixture {
    @Test
    void shouldWriteAtOnceWhenSomebodyWaits() {
        AtomicInteger told = new AtomicInteger();
        change(mounted(SEGMENT));
        change(placed("a", 1));
        journal.whenDurable(1, told::incrementAndGet);
        loop.run();
        assertThat(told).hasValue(1);
        assertThat(journal.durableSequence()).isEqualTo(2);

        found = read();
        journal = lead(EtcdModel.Link.SOUND, JournalOptions.defaults().with(true, SafetyRules.ALL));
        change(placed("b", 2));
        loop.run();
        assertThat(journal.durableSequence()).as("with sync").isEqualTo(journal.lastSequence());
    }

    @Test
    void shouldTellAWaiterOnlyOnceWhenTheAnswerComesAfterTheEnd() {
        journal = lead(
                new EtcdModel.Link() {
                    @Override
                    public void deliver(Runnable completion) {
                        loop.schedule(1_000_000_000L, completion);
                    }
                },
                SHORT_TAIL);
        AtomicInteger told = new AtomicInteger();
        long sequence = journal.append(mounted(SEGMENT));
        journal.whenDurable(sequence, new ChangeLog.Waiter() {
            @Override
            public void durable() {
                told.addAndGet(100);
            }

            @Override
            public void lost() {
                told.addAndGet(1);
            }
        });
        loop.pass(500_000_000L);
        journal.close();
        loop.pass(2_000_000_000L);
        assertThat(told).hasValue(1);
    }

    @Test
    void shouldAcknowledgeAtOnceWhenTheFirstPutComesAfterAQuietTime() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        loop.pass(60_000_000_000L);
        etcd.setFull(true);
        change(placed("k", 1));
        loop.pass(EtcdJournal.GATHER_NANOS); // it is being sent
        AtomicInteger acknowledged = new AtomicInteger();
        journal.whenAcknowledgeable(journal.lastSequence(), acknowledged::incrementAndGet);
        assertThat(acknowledged).hasValue(1);
    }

    @Test
    void shouldWriteNothingAndTellItsWaitersWhenAnotherLeads() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        EtcdJournal deposed = journal;
        Map<String, byte[]> before = etcd.snapshot();
        etcd.write(Keys.LEADER, null);
        AtomicInteger lost = new AtomicInteger();
        long sequence = deposed.append(placed("k", 1));
        deposed.whenDurable(sequence, new ChangeLog.Waiter() {
            @Override
            public void durable() {
                throw new AssertionError("it was not written");
            }

            @Override
            public void lost() {
                lost.incrementAndGet();
            }
        });
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(losses).singleElement().asString().contains("the leader key is gone");
        assertThat(lost).hasValue(1);
        before.remove(Keys.LEADER);
        assertThat(etcd.snapshot()).containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void shouldTellItsWaitersOnlyThatTheyLostWhenTheAnswerComesAfterItsEnd() {
        List<Runnable> held = new ArrayList<>();
        journal = lead(
                new EtcdModel.Link() {
                    @Override
                    public void deliver(Runnable completion) {
                        held.add(completion);
                    }
                },
                SHORT_TAIL);
        List<String> told = new ArrayList<>();
        journal.whenDurable(journal.append(mounted(SEGMENT)), new ChangeLog.Waiter() {
            @Override
            public void durable() {
                told.add("durable");
            }

            @Override
            public void lost() {
                told.add("lost");
            }
        });
        loop.pass(EtcdJournal.GATHER_NANOS);
        journal.close();
        held.forEach(Runnable::run);
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(held).isNotEmpty();
        assertThat(told).containsExactly("lost");
    }

    @Test
    void shouldEndTheTermWhenWhoWaitedForARecordFails() {
        change(mounted(SEGMENT));
        journal.whenDurable(journal.lastSequence(), () -> {
            throw new IllegalStateException("a fault of its own");
        });
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(losses).singleElement().asString().contains("a fault of its own");
    }

    @Test
    void shouldAcknowledgeAtOnceUntilTheOldestIsTooOldWhenDurabilityIsAsync() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        etcd.setFull(true);
        change(placed("k", 1));
        AtomicInteger acknowledged = new AtomicInteger();
        journal.whenAcknowledgeable(journal.lastSequence(), acknowledged::incrementAndGet);
        assertThat(acknowledged).hasValue(1);
        loop.pass(300_000_000L);
        change(placed("k2", 2));
        journal.whenAcknowledgeable(journal.lastSequence(), acknowledged::incrementAndGet);
        assertThat(acknowledged).hasValue(1);
        etcd.setFull(false);
        loop.pass(3_000_000_000L);
        assertThat(acknowledged).hasValue(2);
    }

    /** A caller, who waits until a test says that it has no time left. */
    private static final class Caller implements ChangeLog.Waiter {
        final List<String> told = new ArrayList<>();
        boolean over;

        @Override
        public void durable() {
            told.add("durable");
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void givenUp(String why) {
            told.add(why);
        }
    }

    @Test
    void shouldTellOnlyOnceWhoHasNoTimeLeftWhileEtcdTakesNothing() {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        etcd.setFull(true);
        Caller sent = new Caller();
        Caller queued = new Caller();
        Caller patient = new Caller();
        change(placed("a", 1));
        journal.whenDurable(journal.lastSequence(), sent);
        loop.run();
        change(placed("b", 2));
        journal.whenDurable(journal.lastSequence(), queued);
        journal.whenDurable(journal.lastSequence(), patient);
        sent.over = true;
        queued.over = true;
        journal.giveUpLateWaiters();
        assertThat(sent.told)
                .as("what takes long is told, not what is about to be durable")
                .isEmpty();
        loop.pass(1_000_000_000L);
        journal.giveUpLateWaiters();
        journal.giveUpLateWaiters();
        assertThat(sent.told).singleElement().asString().contains("999 ms", "space exceeded");
        assertThat(queued.told).hasSize(1);
        etcd.setFull(false);
        loop.pass(3_000_000_000L);
        assertThat(sent.told).hasSize(1);
        assertThat(queued.told).hasSize(1);
        assertThat(patient.told).containsExactly("durable");
        assertThat(journal.durableSequence()).isEqualTo(journal.lastSequence());
        assertThat(losses).isEmpty();
    }
}
