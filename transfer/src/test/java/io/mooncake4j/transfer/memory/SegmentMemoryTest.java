package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentMemoryTest {
    private static final UUID CLUSTER = UUID.randomUUID();
    private static final int SIZE = 1 << 20;
    private static final int REGION = 300 * 1024;

    private Path shm;
    private SegmentMemoryOptions options;

    @BeforeEach
    void makeDirectory() throws IOException {
        shm = Files.createTempDirectory(Path.of("/dev/shm"), "mooncake4j-test-");
        options = new SegmentMemoryOptions(MemoryKind.shm(shm), "s1", SIZE, REGION);
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        try (Stream<Path> files = Files.walk(shm)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

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

    @Test
    void shouldKeepTheLockWhenItsLossIsAskedForByAnInterruptedThread() throws Exception {
        SegmentMemoryOptions held = new SegmentMemoryOptions(MemoryKind.shm(shm), "held", SIZE);
        try (SegmentMemory first = SegmentMemory.open(held, FillProgress.NONE)) {
            Thread.currentThread().interrupt();
            try {
                assertThat(first.loss()).isEmpty();
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
            Process other = startHolder();
            assertThat(other.waitFor()).as("it was refused").isNotZero();
            assertThat(new String(other.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("SEGMENT_ALREADY_EXISTS");
        }
    }

    interface Damage {
        void to(SegmentMemoryTest test) throws IOException;
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
    void shouldRefuseAndKeepTheFirstLockedWhenOpenedTwiceInAProcess() throws Exception {
        SegmentMemoryOptions held = new SegmentMemoryOptions(MemoryKind.shm(shm), "held", SIZE);
        try (SegmentMemory first = SegmentMemory.open(held, FillProgress.NONE)) {
            assertRefused(
                    ErrorCode.SEGMENT_ALREADY_EXISTS,
                    () -> SegmentMemory.open(held, FillProgress.NONE),
                    "held.segment",
                    "this process");
            Process other = startHolder();
            assertThat(other.waitFor()).isNotZero();
            assertThat(new String(other.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("SEGMENT_ALREADY_EXISTS")
                    .contains("process " + ProcessHandle.current().pid());
            assertThat(first.id()).isNotNull();
        }
    }

    @Test
    void shouldBeLockedWhileAnotherProcessLivesAndWarmWhenItWasKilled() throws Exception {
        SegmentMemoryOptions held = new SegmentMemoryOptions(MemoryKind.shm(shm), "held", SIZE);
        Process holder = startHolder();
        try {
            String id = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertRefused(
                    ErrorCode.SEGMENT_ALREADY_EXISTS,
                    () -> SegmentMemory.open(held, FillProgress.NONE),
                    shm + "/held.segment",
                    "process " + holder.pid() + " on ");

            holder.destroyForcibly().waitFor();

            try (SegmentMemory memory = SegmentMemory.open(held, FillProgress.NONE)) {
                assertThat(memory.warm()).isTrue();
                assertThat(memory.id()).hasToString(id);
                for (int i = 0; i < SIZE; i += 8) {
                    assertThat(memory.region(0).getLong(i)).isEqualTo(i);
                }
            }
        } finally {
            holder.destroyForcibly();
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
    void shouldRefuseWhenTheDirectoryIsOnADisk(@TempDir Path disk) throws IOException {
        Path directory = disk.resolve("not/there");
        if (Files.getFileStore(disk).type().equals("tmpfs")) {
            directory = Path.of("/proc/self");
        }
        SegmentMemoryOptions onDisk = new SegmentMemoryOptions(MemoryKind.shm(directory), "s1", SIZE);

        assertRefused(
                ErrorCode.INVALID_PARAMS,
                () -> SegmentMemory.open(onDisk, FillProgress.NONE),
                "not on tmpfs",
                "mount -t tmpfs");
        assertThat(disk.resolve("not")).doesNotExist();
    }

    @Test
    void shouldRefuseAndLeaveNothingWhenTheBudgetIsTooSmall(@TempDir Path fake) throws IOException {
        Files.writeString(fake.resolve("meminfo"), "MemAvailable: 512 kB\n");
        SegmentMemoryOpener opener = opener(new MemoryBudget(fake, fake));

        assertRefused(ErrorCode.INVALID_PARAMS, opener::open, "needs 2 MiB", "missing 1 MiB");
        assertThat(file()).doesNotExist();
    }

    @Test
    void shouldKeepTheContentWhenALargerSizeIsRefused(@TempDir Path fake) throws IOException {
        UUID id = suspended(memory -> memory.adoptCluster(CLUSTER));
        Files.writeString(fake.resolve("meminfo"), "MemAvailable: 512 kB\n");
        options = new SegmentMemoryOptions(options.kind(), "s1", 4 * SIZE, REGION);

        assertRefused(ErrorCode.INVALID_PARAMS, opener(new MemoryBudget(fake, fake))::open, "needs 3 MiB");

        options = new SegmentMemoryOptions(options.kind(), "s1", SIZE, REGION);
        try (SegmentMemory memory = open()) {
            assertThat(memory.id()).isEqualTo(id);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "../a", ".hidden", "a b"})
    void shouldRefuseWhenTheNameIsNoFileName(String name) {
        assertRefused(
                ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(MemoryKind.anonymous(), name, SIZE), "name");
    }

    @Test
    void shouldRefuseWhenSizesMakeNoSense() {
        MemoryKind kind = MemoryKind.anonymous();
        assertRefused(ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(kind, "s", 63), "at least 64");
        assertRefused(ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(kind, "s", SIZE, 100), "64 bytes");
        assertRefused(
                ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(kind, "s", SIZE, (1L << 30) + 64), "1 GiB");
        assertThat(new SegmentMemoryOptions(kind, "s", 130).sizeBytes()).isEqualTo(128);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shm:/dev/shm/x", "hugetlbfs:/mnt/huge", "anonymous"})
    void shouldParseWhatItPrints(String kind) {
        assertThat(MemoryKind.parse(kind)).hasToString(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "disk", "shm:", "shm:relative", "hugetlbfs", "hugetlbfs:", "anonymous:/x"})
    void shouldRefuseWhenTheKindIsUnknown(String kind) {
        assertRefused(ErrorCode.INVALID_PARAMS, () -> MemoryKind.parse(kind), "none of shm");
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

    @Test
    void shouldNameTheFlagWhenDirectMemoryIsTooSmall() {
        SegmentMemoryOptions tooLarge = new SegmentMemoryOptions(MemoryKind.anonymous(), "s1", 1L << 36);
        MemoryBudget any = new MemoryBudget(shm, shm);

        assertRefused(
                ErrorCode.INVALID_PARAMS,
                () -> new SegmentMemoryOpener(tooLarge, FillProgress.NONE, any, UUID.randomUUID()).open(),
                "-XX:MaxDirectMemorySize");
    }

    private SegmentMemory open() {
        return SegmentMemory.open(options, FillProgress.NONE);
    }

    private SegmentMemoryOpener opener(MemoryBudget budget) {
        return new SegmentMemoryOpener(options, FillProgress.NONE, budget, SegmentMemoryOpener.currentBoot());
    }

    private UUID suspended(Consumer<SegmentMemory> use) {
        SegmentMemory memory = open();
        use.accept(memory);
        memory.close();
        return memory.id();
    }

    private Path file() {
        return shm.resolve("s1.segment");
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

    private Process startHolder() {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SegmentHolder.class.getName(),
                            shm.toString(),
                            Integer.toString(SIZE),
                            CLUSTER.toString())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private static void assertRefused(ErrorCode code, ThrowingCallable call, String... texts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }
}
