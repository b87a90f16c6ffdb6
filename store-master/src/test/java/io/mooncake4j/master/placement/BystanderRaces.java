package io.mooncake4j.master.placement;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Objects come and go; another one of their hash chain is there all the time, and seen by everybody. */
public class BystanderRaces {
    private BystanderRaces() {}

    /** Objects of one hash chain come and go; another one of it is there all the time, and seen by everybody. */
    private abstract static class Bystander extends RacedStore {
        static final int MOVING = 12;
        static final int LOOKS = 30;

        Bystander() {
            super(32);
            put(KEY, 1);
            for (int i = 1; i <= MOVING; i++) {
                put(keys().get(i), i + 1);
            }
        }

        final long removeAll(Predicate<byte[]> matches) {
            return core.removals().removeMatching(core.objects().tenant(""), matches, new Commit(), master.now());
        }

        final void moveOthers() {
            for (int i = MOVING; i > 0; i--) {
                master.remove(keys().get(i));
            }
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class ExistsAndRemovals extends Bystander {
        private final KeySlice key = key();

        @Actor
        public void remove() {
            moveOthers();
        }

        @Actor
        public void exists(Z_Result r) {
            r.r1 = true;
            for (int i = 0; i < LOOKS; i++) {
                r.r1 &= core.reads().sizeOf(key) == BYTES;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class DescribeAndRemovals extends Bystander {
        private final KeySlice key = key();

        @Actor
        public void remove() {
            moveOthers();
        }

        @Actor
        public void describe(Z_Result r) {
            r.r1 = true;
            for (int i = 0; i < LOOKS; i++) {
                r.r1 &= core.reads().describe(key, master.now()) != null;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class ListAndRemovals extends Bystander {
        private final byte[] mine = key().copy();

        @Actor
        public void remove() {
            moveOthers();
        }

        @Actor
        public void list(Z_Result r) {
            r.r1 = core.reads().list(core.objects().tenant(""), new byte[0], 1000, key -> true).keys().stream()
                    .anyMatch(key -> Arrays.equals(key, mine));
        }
    }

    /** All that match are removed, in a shard that others work on, too. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the one that matches is found")
    @State
    public static class RemoveAllAndRemovals extends Bystander {
        private final byte[] mine = key().copy();

        @Actor
        public void remove() {
            moveOthers();
        }

        @Actor
        public void removeAll(J_Result r) {
            r.r1 = removeAll(key -> Arrays.equals(key, mine));
        }

        @Arbiter
        public void after() {
            account(0);
        }
    }

    @JCStressTest
    @Outcome(id = "13", expect = ACCEPTABLE, desc = "each is removed once")
    @State
    public static class RemoveAllAndRemoveAll extends Bystander {
        private long one;
        private long other;

        @Actor
        public void one() {
            one = removeAll(key -> true);
        }

        @Actor
        public void other() {
            other = removeAll(key -> true);
        }

        @Arbiter
        public void after(J_Result r) {
            account(0);
            r.r1 = one + other;
        }
    }

    /** Eviction looks for the shard with the oldest object while older ones go. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "the youngest is there all the time")
    @State
    public static class OldestAndRemovals extends Bystander {
        public OldestAndRemovals() {
            put(keys().get(MOVING + 1), MOVING + 2);
            // what is leased is passed over, on the way to the others
            master.get(KEY);
        }

        @Actor
        public void remove() {
            moveOthers();
        }

        @Actor
        public void look(Z_Result r) {
            Victims victims = new Victims(core);
            r.r1 = true;
            // a look is so much shorter than a removal
            for (int i = 0; i < 30 * LOOKS; i++) {
                r.r1 &= victims.oldestAccess(Victims.Class.ORDINARY, 0, master.now()) != Victims.NOTHING;
            }
        }
    }

    /** The journal keeps whole buckets of objects. */
    private abstract static class InBucket extends Bystander {
        private final byte[] mine = key().copy();

        final boolean staysInBucket() {
            boolean stays = true;
            for (int i = 0; i < LOOKS; i++) {
                stays &= isInBucket();
            }
            return stays;
        }

        private boolean isInBucket() {
            List<Long> found = new ArrayList<>();
            core.durable.readBucket(
                    ObjectTable.SHARD_BITS,
                    0,
                    (tenant, key, id, sizeBytes, checksum, hardPinned, replicas) -> {
                        if (Arrays.equals(key, mine)) {
                            found.add(id);
                        }
                    },
                    () -> {});
            return found.size() == 1;
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class BucketAndRemovals extends InBucket {
        @Actor
        public void remove() {
            moveOthers();
        }

        @Actor
        public void read(Z_Result r) {
            r.r1 = staysInBucket();
        }
    }

    /** As on a standby, which applies what the leader made durable. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class BucketAndFollowedRemovals extends InBucket {
        private final List<Change> changes = IntStream.rangeClosed(1, MOVING)
                .mapToObj(i -> (Change) new Change.ObjectRemoved(
                        Tenant.DEFAULT_NAME,
                        master.key(keys().get(MOVING + 1 - i)).copy(),
                        idOf(keys().get(MOVING + 1 - i))))
                .toList();

        private long idOf(String key) {
            return Objects.requireNonNull(core.reads().describe(master.key(key), 0))
                    .id();
        }

        @Actor
        public void follow() {
            changes.forEach(change -> core.durable.apply(change, 0));
        }

        @Actor
        public void read(Z_Result r) {
            r.r1 = staysInBucket();
        }
    }

    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE)
    @State
    public static class BucketAndFollowedPuts extends InBucket {
        private final List<Change> changes = IntStream.rangeClosed(1, MOVING)
                .mapToObj(i -> (Change) new Change.ObjectPlaced(
                        Tenant.DEFAULT_NAME,
                        master.key(keys().get(MOVING + i)).copy(),
                        10_000 + i,
                        BYTES,
                        0,
                        false,
                        new Change.PlacedReplica[0]))
                .toList();

        @Actor
        public void follow() {
            changes.forEach(change -> core.durable.apply(change, 0));
        }

        @Actor
        public void read(Z_Result r) {
            r.r1 = staysInBucket();
        }
    }

    /** A node is lost, and its objects with it, while others come. */
    @JCStressTest
    @Outcome(id = "12, 12", expect = ACCEPTABLE, desc = "those that came are there, nothing else")
    @State
    public static class EndsAndDropOfLost extends Bystander {
        private final long[] grants = new long[MOVING];

        public EndsAndDropOfLost() {
            core.durable.apply(new Change.SegmentDropped(segment.id()));
            master.mount(new UUID(3, 3), "m", 32 * HELD, 2, null);
            for (int i = 0; i < MOVING; i++) {
                grants[i] = granted(ALICE, 100 + i, key(i));
            }
        }

        private static String key(int index) {
            return keys().get(MOVING + 1 + index);
        }

        @Actor
        public void end() {
            for (int i = 0; i < MOVING; i++) {
                master.end(ALICE, key(i), grants[i]);
            }
        }

        @Actor
        public void drop() {
            core.removals().dropLost(master.now());
        }

        @Arbiter
        public void after(JJ_Result r) {
            CoreAudit.check(core);
            r.r1 = IntStream.range(0, MOVING).filter(i -> present(key(i))).count();
            r.r2 = core.objects().objectCount();
        }
    }
}
