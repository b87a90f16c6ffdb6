package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What memory holds when it is new, suspended, renewed or discarded, and when its file was damaged, cut short or deleted. */
class SegmentMemoryContentTest extends SegmentMemoryFixture {
    @Test
    void shouldReturnWarmWithIdAndBytesWhenSuspended() {
        SegmentMemory first = open();
        assertThat(first.warm()).isFalse();
        assertThat(first.clusterId()).isEmpty();
        UUID id = first.id();
        first.adoptCluster(CLUSTER);
        fill(first, 7);
        first.close();

        try (SegmentMemory second = open()) {
            assertThat(second.warm()).isTrue();
            assertThat(second.id()).isEqualTo(id);
            assertThat(second.clusterId()).contains(CLUSTER);
            assertFilled(second, 7);
        }
    }

    @Test
    void shouldRememberWhatItWasToldUntilItIsRenewed() {
        suspended(memory -> {
            memory.adoptCluster(CLUSTER);
            memory.tell(5, 1000);
        });

        try (SegmentMemory second = open()) {
            assertThat(second.warm()).isTrue();
            assertThat(second.toldRevision()).isEqualTo(5);
            assertThat(second.toldSequence()).isEqualTo(1000);
            second.renew();
            assertThat(second.toldSequence()).isZero();
        }
    }

    @Test
    void shouldBeNewWhenItNeverWasMounted() {
        UUID id = suspended(memory -> {});

        try (SegmentMemory second = open()) {
            assertThat(second.warm()).isFalse();
            assertThat(second.id()).isNotEqualTo(id);
        }
    }

    @Test
    void shouldBeZeroAndAlignedAndOfTheSizeWhenNew() {
        try (SegmentMemory memory = open()) {
            assertThat(memory.count()).isEqualTo(4);
            long total = 0;
            for (int i = 0; i < memory.count(); i++) {
                ByteBuffer region = memory.region(i);
                assertThat(region.isDirect()).isTrue();
                assertThat(region.alignmentOffset(0, 64)).isZero();
                assertThat(region.duplicate().mismatch(ByteBuffer.allocate(region.capacity())))
                        .isEqualTo(-1);
                total += region.capacity();
            }
            assertThat(total).isEqualTo(SIZE).isEqualTo(memory.sizeBytes());
        }
    }

    @Test
    void shouldHaveNewIdAndNoClusterWhenRenewed() {
        UUID renewed = suspended(memory -> {
            memory.adoptCluster(CLUSTER);
            UUID before = memory.id();
            memory.renew();
            assertThat(memory.id()).isNotEqualTo(before);
            assertThat(memory.clusterId()).isEmpty();
            assertThat(memory.warm()).isFalse();
            memory.adoptCluster(CLUSTER);
        });

        try (SegmentMemory second = open()) {
            assertThat(second.id()).isEqualTo(renewed);
            assertThat(second.warm()).isTrue();
        }
    }

    @Test
    void shouldDeleteTheFileWhenDiscarded() {
        SegmentMemory memory = open();
        assertThat(file()).exists();
        memory.discard();

        assertThat(file()).doesNotExist();
        open().close();
    }

    @Test
    void shouldTellItsLossWhenTheFileIsCutShortByAnyByte() throws IOException {
        try (SegmentMemory memory = open()) {
            assertThat(memory.loss()).isEmpty();
            truncate(Files.size(file()) - 1);
            assertThat(memory.loss())
                    .hasValueSatisfying(loss -> assertThat(loss).contains("s1.segment was cut short to "));
        }
    }

    @Test
    void shouldHaveLostNothingWhenTheFileIsDeletedOrReplaced() throws IOException {
        try (SegmentMemory memory = open()) {
            Files.delete(file());
            assertThat(memory.loss()).isEmpty();
            Files.writeString(file(), "another file");
            assertThat(memory.loss()).isEmpty();
        }
    }

    interface Damage {
        void to(SegmentMemoryContentTest test) throws IOException;
    }

    static Stream<Arguments> losses() {
        return Stream.of(
                loss("a byte of the header changed", test -> test.overwrite(20, (byte) 0x5a)),
                loss("the magic is gone", test -> test.overwrite(0, (byte) 0)),
                loss("the CRC changed", test -> test.overwrite(15, (byte) 0x77)),
                loss("the file is cut short", test -> test.truncate(SIZE)),
                loss("the header is cut short", test -> test.truncate(100)),
                loss("the file is empty", test -> test.truncate(0)),
                loss(
                        "the size differs",
                        test -> test.options = new SegmentMemoryOptions(test.options.kind(), "s1", SIZE - 64, REGION)),
                loss(
                        "the region size differs",
                        test -> test.options = new SegmentMemoryOptions(test.options.kind(), "s1", SIZE, REGION - 64)),
                loss(
                        "the layout is another version",
                        test -> test.rewrite(h -> new SegmentHeader(
                                1, h.segmentId(), CLUSTER, h.bootId(), h.inode(), SIZE, REGION, h.told()))),
                loss(
                        "it is from an earlier boot",
                        test -> test.rewrite(h -> new SegmentHeader(
                                SegmentHeader.LAYOUT_VERSION,
                                h.segmentId(),
                                CLUSTER,
                                UUID.randomUUID(),
                                h.inode(),
                                SIZE,
                                REGION,
                                h.told()))),
                loss("the file is a copy", test -> {
                    Path copy = test.shm.resolve("copy");
                    Files.copy(test.file(), copy);
                    Files.move(copy, test.file(), StandardCopyOption.REPLACE_EXISTING);
                }));
    }

    private static Arguments loss(String what, Damage damage) {
        return Arguments.of(what, damage);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void shouldStartEmptyUnderANewIdWhen(String what, Damage damage) throws IOException {
        UUID id = suspended(memory -> {
            memory.adoptCluster(CLUSTER);
            fill(memory, 3);
        });
        damage.to(this);

        try (SegmentMemory second = open()) {
            assertThat(second.warm()).isFalse();
            assertThat(second.id()).isNotEqualTo(id);
            assertThat(second.clusterId()).isEmpty();
            for (int i = 0; i < second.count(); i++) {
                ByteBuffer region = second.region(i);
                assertThat(region.duplicate().mismatch(ByteBuffer.allocate(region.capacity())))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldTellProgressUpToTheTotalWhenFilling() {
        List<Long> done = new ArrayList<>();
        SegmentMemory.open(options, (doneBytes, totalBytes) -> {
                    assertThat(doneBytes).isLessThanOrEqualTo(totalBytes);
                    done.add(doneBytes);
                })
                .close();

        assertThat(done).isNotEmpty().isSorted().endsWith(SIZE + 4096L);
    }

    @Test
    void shouldNeverBeWarmWhenAnonymous() {
        options = new SegmentMemoryOptions(MemoryKind.anonymous(), "s1", SIZE, REGION);
        SegmentMemory first = open();
        assertThat(first.region(0).alignmentOffset(0, 64)).isZero();
        assertThat(first.count()).isEqualTo(4);
        assertThat(first.region(3).capacity()).isEqualTo(SIZE - 3 * REGION);
        first.adoptCluster(CLUSTER);
        fill(first, 5);
        assertFilled(first, 5);
        first.close();

        try (SegmentMemory second = open()) {
            assertThat(second.warm()).isFalse();
            assertThat(second.id()).isNotEqualTo(first.id());
        }
    }

    private void overwrite(long at, byte value) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {value}), at);
        }
    }

    private void truncate(long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private void rewrite(UnaryOperator<SegmentHeader> change) throws IOException {
        try (SegmentFile file = SegmentFile.lock(shm, "s1")) {
            SegmentHeader header = file.readHeader().orElseThrow();
            file.mapHeader(SegmentHeader.BYTES);
            file.write(change.apply(header));
        }
    }

    private static void fill(SegmentMemory memory, int seed) {
        for (int i = 0; i < memory.count(); i++) {
            ByteBuffer region = memory.region(i);
            for (int at = 0; at < region.capacity(); at++) {
                region.put(at, (byte) (seed * 31 + i * 17 + at));
            }
        }
    }

    private static void assertFilled(SegmentMemory memory, int seed) {
        for (int i = 0; i < memory.count(); i++) {
            ByteBuffer region = memory.region(i);
            for (int at = 0; at < region.capacity(); at++) {
                assertThat(region.get(at)).isEqualTo((byte) (seed * 31 + i * 17 + at));
            }
        }
    }
}
