package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** Every shard writes its changes into one journal. */
public class JournalRaces {
    private JournalRaces() {}

    @JCStressTest
    @Outcome(id = "24", expect = ACCEPTABLE, desc = "all are there when it is read again")
    @State
    public static class AppendsAndAppends {
        private static final int EACH = 12;
        private final ManualLoop loop = new ManualLoop();
        private final EtcdModel etcd = new EtcdModel(loop::nanoTime);
        private final EtcdJournal journal;
        private long lastOfOne;
        private long lastOfOther;

        public AppendsAndAppends() {
            Found found = read();
            long revision = etcd.client(EtcdModel.Link.SOUND)
                    .txn(new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, new byte[0]))
                    .join()
                    .revision();
            JournalOptions options = new JournalOptions(false, 1 << 20, SafetyRules.ALL);
            journal = new EtcdJournal(etcd.client(EtcdModel.Link.SOUND), loop, revision, found, options, why -> {});
            journal.append(new Change.TermOpened(revision, 1));
        }

        private Found read() {
            CompletableFuture<Found> reading = Recovery.read(etcd.client(EtcdModel.Link.SOUND), loop);
            loop.run();
            return reading.join();
        }

        private long append(int first) {
            long last = 0;
            for (int i = first; i < first + EACH; i++) {
                last = journal.append(new Change.ObjectPlaced(
                        "default", new byte[] {(byte) i}, i + 1, 1, 0, false, new Change.PlacedReplica[0]));
            }
            return last;
        }

        @Actor
        public void one() {
            lastOfOne = append(0);
        }

        @Actor
        public void other() {
            lastOfOther = append(EACH);
        }

        @Arbiter
        public void after(J_Result r) {
            loop.pass(EtcdJournal.GATHER_NANOS);
            assertThat(Math.max(lastOfOne, lastOfOther)).isEqualTo(journal.lastSequence());
            r.r1 = Placements.of(read().state()).size();
        }
    }
}
