package io.mooncake4j.transfer.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Memory in a file below a directory of its own on tmpfs, which is deleted after each test. */
abstract class SegmentMemoryFixture {
    static final UUID CLUSTER = UUID.randomUUID();
    static final int SIZE = 1 << 20;
    static final int REGION = 300 * 1024;

    Path shm;
    SegmentMemoryOptions options;

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

    final SegmentMemory open() {
        return SegmentMemory.open(options, FillProgress.NONE);
    }

    final UUID suspended(Consumer<SegmentMemory> use) {
        SegmentMemory memory = open();
        use.accept(memory);
        memory.close();
        return memory.id();
    }

    final Path file() {
        return shm.resolve("s1.segment");
    }
}
