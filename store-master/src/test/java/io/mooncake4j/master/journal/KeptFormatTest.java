package io.mooncake4j.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.etcd.EtcdModel;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What earlier versions wrote is read as it was meant, and what this version writes is what its number stands for.
 *
 * <p>A change of the format has a new {@code Envelope.VERSION}: keep the files of the versions before as they are, add
 * {@code format-N.txt} and {@code format-N.state.txt} (the failing test prints their contents), and N to
 * {@link KeptStore#VERSIONS}. A new kind of record gets its place in {@link KeptStore}, too.
 */
class KeptFormatTest {
    private final ManualLoop loop = new ManualLoop();
    private final EtcdModel etcd = new EtcdModel(loop::nanoTime);

    static IntStream versions() {
        return IntStream.of(KeptStore.VERSIONS);
    }

    private Found read(Map<String, byte[]> store) {
        store.forEach(etcd::write);
        CompletableFuture<Found> reading = Recovery.read(etcd.client(EtcdModel.Link.SOUND), loop);
        loop.run();
        return reading.join();
    }

    private static String text(Found found) {
        return "head " + found.head() + "\n"
                + found.segments().changes(found.head().sequence()).stream()
                        .map(change -> change + "\n")
                        .collect(Collectors.joining())
                + "dropped " + found.segments().dropped() + "\n"
                + Placements.of(found.state()).entrySet().stream()
                        .map(object -> object.getKey() + " = " + object.getValue() + "\n")
                        .collect(Collectors.joining());
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldFindExactlyTheKeptStateWhenAVersionOfTheFormatIsRead(int version) {
        assertThat(text(read(KeptStore.ofVersion(version))))
                .isEqualTo(KeptStore.text("format-" + version + ".state.txt"));
        Meta meta = Meta.findOrFound(etcd.client(EtcdModel.Link.SOUND), new UUID(0, 0), new byte[32], false)
                .join();
        assertThat(meta.clusterId()).isEqualTo(KeptStore.CLUSTER);
        assertThat(meta.secret()).startsWith(0, 1, 2, 3).hasSize(32);
    }

    @Test
    void shouldWriteTheSameBytesAsEverWhenTheVersionIsTheSame() {
        assertThat(KeptStore.lines(KeptStore.written()))
                .as("other bytes need another version of the format")
                .isEqualTo(KeptStore.lines(KeptStore.ofVersion(Envelope.VERSION)));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldFindNothingWrongWhenTheKeptStoreIsChecked(int version) {
        KeptStore.ofVersion(version).forEach(etcd::write);
        Audit audit = Audit.of(etcd.client(EtcdModel.Link.SOUND));
        assertThat(audit.findings()).isEmpty();
        assertThat(Placements.of(audit.state()))
                .isEqualTo(Placements.of(read(KeptStore.ofVersion(version)).state()));
    }
}
