package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.Extent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets as a journal writes them: whole, split and in parts. */
class JournalBucketsTest extends JournalFixture {
    private int tried;

    @Test
    void shouldGoOnFromWhatAnEarlierLeaderLeftWhenBucketsWereSplit() {
        change(mounted(SEGMENT));
        String longName = "x".repeat(1000);
        for (int i = 0; i < 600; i++) {
            String key = keyInBucket(found.state(), 5, longName, i);
            change(placed(key, i + 1));
            loop.pass(EtcdJournal.GATHER_NANOS);
        }
        assertThat(etcd.keys())
                .doesNotContain("bucket/005")
                .anyMatch(key -> key.startsWith("bucket/005l"))
                .anyMatch(key -> key.startsWith("bucket/005r"));
        Map<String, String> before = Placements.of(found.state());
        found = read();
        assertThat(Placements.of(found.state())).isEqualTo(before);

        journal = lead(EtcdModel.Link.SOUND, SHORT_TAIL);
        for (int i = 0; i < 600; i++) {
            change(placed("later-" + i, 10_000 + i));
            loop.pass(EtcdJournal.GATHER_NANOS);
        }
        assertThat(Placements.of(read().state())).isEqualTo(Placements.of(found.state()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldWriteItInPartsWhenABucketHasOutgrownATransaction(boolean writtenBefore) {
        change(mounted(SEGMENT));
        if (writtenBefore) {
            change(placed(keyInBucket(found.state(), 5, "first", 0), 5000));
            writeAllBuckets();
            assertThat(etcd.keys()).contains("bucket/005");
        }
        fillBucketAtOnce(0);
        writeAllBuckets();
        assertThat(losses).isEmpty();
        assertThat(etcd.largestTransactionBytes()).isLessThan(3 << 19);
        assertThat(etcd.keys()).doesNotContain("bucket/005").anyMatch(key -> key.startsWith("bucket/005lll"));
        assertThat(Placements.of(read().state())).isEqualTo(Placements.of(found.state()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepToTheWholeWhenTheLeaderDiesBetweenItsParts(boolean followed) {
        change(mounted(SEGMENT));
        loop.pass(EtcdJournal.GATHER_NANOS);
        Follower follower = new Follower(etcd.client(EtcdModel.Link.SOUND), loop, read());
        AtomicBoolean cut = new AtomicBoolean();
        found = read();
        journal = lead(
                new EtcdModel.Link() {
                    @Override
                    public boolean arrives() {
                        cut.compareAndSet(false, hasParts("lll"));
                        return !cut.get();
                    }
                },
                SHORT_TAIL);
        fillBucketAtOnce(0);
        loop.pass(1_000_000_000L);
        assertThat(cut).as("it died in between").isTrue();
        assertThat(etcd.keys()).contains("bucket/005");
        assertThat(hasParts("lll")).isTrue();
        assertThat(hasParts("rrr")).isFalse();

        CompletableFuture<Found> taken = followed ? follower.finish() : CompletableFuture.completedFuture(read());
        loop.pass(EtcdJournal.GATHER_NANOS);
        found = taken.join();
        Map<String, String> before = Placements.of(found.state());
        assertThat(before).hasSize(700);
        journal = lead(EtcdModel.Link.SOUND, JournalOptions.defaults());
        change(new Change.TermOpened(9, 1));
        loop.pass(EtcdJournal.GATHER_NANOS);
        assertThat(hasParts("")).isFalse();
        found = read();
        assertThat(Placements.of(found.state())).isEqualTo(before);
        journal = lead(EtcdModel.Link.SOUND, SHORT_TAIL);
        fillBucketAtOnce(700);
        writeAllBuckets();
        assertThat(Placements.of(read().state())).hasSize(1400).isEqualTo(Placements.of(found.state()));
    }

    @Test
    void shouldNameThePartWhenOneOfABucketIsMissing() {
        change(mounted(SEGMENT));
        fillBucketAtOnce(0);
        writeAllBuckets();
        String part = etcd.keys().stream()
                .filter(key -> key.startsWith("bucket/005r"))
                .findFirst()
                .orElseThrow();
        etcd.write(part, null);
        assertThatThrownBy(this::read).rootCause().hasMessageContaining(part).hasMessageContaining("missing");
    }

    /** Many large objects of one bucket at once, so that its parts take several transactions. */
    private void fillBucketAtOnce(int from) {
        Extent[] extents = new Extent[400];
        Arrays.fill(extents, new Extent(1000, 1 << 30, 1 << 29));
        Change.PlacedReplica[] replicas = {new Change.PlacedReplica(SEGMENT, extents)};
        for (int i = from; i < from + 700; i++) {
            byte[] key = keyInBucket(found.state(), 5, "large", i).getBytes(StandardCharsets.UTF_8);
            change(new Change.ObjectPlaced("default", key, i + 1, 400L << 29, 0, false, replicas));
        }
    }

    private boolean hasParts(String path) {
        return etcd.keys().stream().anyMatch(key -> key.startsWith("bucket/005" + path) && key.length() > 10);
    }

    /** Enough small changes that every bucket's turn comes. */
    private void writeAllBuckets() {
        for (int i = 0; i < 300; i++) {
            for (int j = 0; j < 300; j++) {
                change(removed("nobody", 1));
            }
            loop.pass(EtcdJournal.GATHER_NANOS);
        }
    }

    private String keyInBucket(DurableState state, int bits, String prefix, int number) {
        while (true) {
            String key = prefix + number + "-" + tried++;
            if ((state.hashOf("default", key.getBytes(StandardCharsets.UTF_8)) & 4095) == bits) {
                return key;
            }
        }
    }
}
