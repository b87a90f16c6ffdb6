package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.Change.PlacedReplica;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Segment;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What only shows when records that can be read are held against each other; what can't be read is in DamagedPlacementTest. */
class AuditTest {
    private static final UUID SEGMENT = new UUID(3, 4);

    private final ManualLoop loop = new ManualLoop();
    private final EtcdModel etcd = new EtcdModel(loop::nanoTime);
    private final EtcdJournal journal = lead();

    private EtcdJournal lead() {
        Meta.findOrFound(etcd.client(EtcdModel.Link.SOUND), new UUID(1, 2), new byte[32], true)
                .join();
        CompletableFuture<Found> reading = Recovery.read(etcd.client(EtcdModel.Link.SOUND), loop);
        loop.pass(EtcdJournal.GATHER_NANOS);
        long revision = etcd.client(EtcdModel.Link.SOUND)
                .txn(new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, new byte[0]))
                .join()
                .revision();
        EtcdJournal next = new EtcdJournal(
                etcd.client(EtcdModel.Link.SOUND), loop, revision, reading.join(), JournalOptions.defaults(), why -> {
                    throw new AssertionError(why);
                });
        next.append(new Change.TermOpened(revision, 1));
        next.append(
                new Change.SegmentMounted(SEGMENT, "n", "h", 4096, 1024, new Segment.Address("127.0.0.1", 1234, 7)));
        return next;
    }

    private void place(String key, long id, long sizeBytes, UUID segment, Extent... extents) {
        journal.append(new Change.ObjectPlaced(
                "default", key.getBytes(StandardCharsets.UTF_8), id, sizeBytes, 0, false, new PlacedReplica[] {
                    new PlacedReplica(segment, extents)
                }));
        loop.pass(EtcdJournal.GATHER_NANOS);
    }

    private Audit audit() {
        loop.pass(EtcdJournal.GATHER_NANOS);
        return Audit.of(etcd.client(EtcdModel.Link.SOUND));
    }

    private void shouldFind(String... words) {
        assertThat(audit().findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.key() + ": " + finding.what()).contains(words));
    }

    @Test
    void shouldFindNothingWhenAllIsSound() {
        place("a", 1, 100, SEGMENT, new Extent(3, 0, 100));
        place("b", 2, 100, SEGMENT, new Extent(3, 128, 64), new Extent(0, 0, 36));
        Audit audit = audit();
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.summary().head())
                .isEqualTo(new Head(
                        4, audit.summary().term(), audit.summary().head().crc()));
        assertThat(audit.summary().secretConfigured()).isTrue();
        assertThat(audit.state().objects().objectCount()).isEqualTo(2);
    }

    @Test
    void shouldNameTheObjectWhenTwoHaveTheSameMemory() {
        place("a", 1, 100, SEGMENT, new Extent(0, 0, 100));
        place("b", 2, 100, SEGMENT, new Extent(0, 64, 100));
        shouldFind("another object has it, too", "of tenant default", SEGMENT.toString());
    }

    @Test
    void shouldNameTheObjectWhenItReachesOutOfItsSegment() {
        place("far", 1, 100, SEGMENT, new Extent(3, 960, 100));
        shouldFind("object far of tenant default", "out of it");
    }

    @Test
    void shouldNameTheObjectWhenItsRegionIsNotThere() {
        place("far", 1, 100, SEGMENT, new Extent(4, 0, 100));
        shouldFind("object far of tenant default", "out of it");
    }

    @Test
    void shouldNameTheObjectWhenItsReplicaIsTooShort() {
        place("short", 1, 100, SEGMENT, new Extent(0, 0, 99));
        shouldFind("object short", "99 bytes, the object 100");
    }

    @Test
    void shouldNameTheSegmentWhenItWasNeverMounted() {
        place("a", 1, 100, new UUID(9, 9), new Extent(0, 0, 100));
        shouldFind("object a", new UUID(9, 9).toString(), "never mounted");
    }

    @Test
    void shouldFindNothingWhenAnObjectIsStillInADroppedSegment() {
        place("a", 1, 100, SEGMENT, new Extent(0, 0, 100));
        journal.append(new Change.SegmentDropped(SEGMENT));
        assertThat(audit().findings()).isEmpty();
    }

    @Test
    void shouldNameTheHeadWhenItIsOfAnEarlierEntry() {
        loop.pass(EtcdJournal.GATHER_NANOS);
        byte[] before = etcd.value(Keys.HEAD);
        place("a", 1, 100, SEGMENT, new Extent(0, 0, 100));
        etcd.write(Keys.HEAD, before);
        shouldFind(Keys.HEAD, "ends at record 2, but it ends at 3");
    }

    @Test
    void shouldNameTheEntryWhenItsRecordsAreThereTwice() {
        place("a", 1, 100, SEGMENT, new Extent(0, 0, 100));
        place("b", 2, 100, SEGMENT, new Extent(0, 128, 100));
        Encoder both = new Encoder(100);
        Entry.begin(both, journal.etcdRevision(), 3);
        Change removed = new Change.ObjectRemoved("default", new byte[] {'x'}, 9);
        Records.write(both, removed);
        Records.write(both, removed);
        Records.write(both, removed);
        etcd.write(Keys.entry(5), Entry.seal(both, 3));
        assertThat(audit().findings()).extracting(Audit.Finding::key).contains(Keys.entry(5), Keys.HEAD);
    }

    @Test
    void shouldAskSeldomWhenTheJournalIsOfManySmallCommits() {
        for (int i = 0; i < 2000; i++) {
            place("k" + i, i + 1, 1, SEGMENT, new Extent(i % 4, i / 4 % 16 * 64L, 1));
        }
        AtomicInteger asked = new AtomicInteger();
        Audit audit = Audit.of(etcd.client(new EtcdModel.Link() {
            @Override
            public boolean arrives() {
                asked.incrementAndGet();
                return true;
            }
        }));

        assertThat(audit.summary().entries()).isEqualTo(2000);
        assertThat(audit.state().objects().objectCount()).isEqualTo(2000);
        assertThat(asked).hasValueLessThan(40);
    }

    @Test
    void shouldReadTheRestWhenAKeyOfTheJournalIsNoNumber() {
        place("k", 1, 100, SEGMENT, new Extent(0, 0, 100));
        etcd.write(Keys.JOURNAL + "!", new byte[1]);
        for (int i = 10; i < 40; i++) {
            etcd.write(Keys.JOURNAL + "x" + i, new byte[1]);
        }

        Audit audit = audit();

        assertThat(audit.findings())
                .extracting(Audit.Finding::key)
                .hasSize(31)
                .startsWith(Keys.JOURNAL + "!", Keys.JOURNAL + "x10", Keys.JOURNAL + "x11")
                .doesNotHaveDuplicates();
        assertThat(audit.state().objects().objectCount()).isEqualTo(1);
    }
}
