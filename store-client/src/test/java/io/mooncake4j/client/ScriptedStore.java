package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.Checksum;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.PutRevokeRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A scripted master and its nodes, and clients of them, which it closes after each test. */
final class ScriptedStore implements AfterEachCallback {
    final ScriptedMaster master;
    private final UnaryOperator<MooncakeClientBuilder> usual;
    private final List<MooncakeClient> clients = new ArrayList<>();

    /** @param usual the settings of all clients of a test */
    ScriptedStore(int segments, UnaryOperator<MooncakeClientBuilder> usual) {
        this.master = new ScriptedMaster(segments);
        this.usual = usual;
    }

    MooncakeClient client() {
        return client(UnaryOperator.identity());
    }

    MooncakeClient client(UnaryOperator<MooncakeClientBuilder> settings) {
        MooncakeClientBuilder builder =
                MooncakeClient.builder().masters(master.address()).transports(List.of(master.nodes));
        MooncakeClient client = settings.apply(usual.apply(builder)).build();
        clients.add(client);
        return client;
    }

    /** A client, already connected, that soon takes an answer for lost. */
    MooncakeClient impatient(Duration requestTimeout) {
        MooncakeClient impatient = client(builder -> builder.requestTimeout(requestTimeout));
        connect(impatient);
        return impatient;
    }

    /** So that none of a call's time goes into connecting. */
    void connect(MooncakeClient client) {
        assertThat(client.withTimeout(Duration.ofSeconds(30)).exists("nothing")).isFalse();
        master.received.clear();
    }

    /** Puts a value there, with its checksum. */
    byte[] store(String key, int length, int replicas) {
        byte[] value = Values.of(key, length);
        master.store(key, value, Checksum.of(ByteBuffer.wrap(value)), replicas);
        return value;
    }

    PutRevokeRequest onlyRevoke() {
        List<PutRevokeRequest> all = master.received(Method.PUT_REVOKE);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    /** What the master would hand out is what was put, with the right checksum. */
    void assertStored(String key, byte[] value, int replicas) {
        ScriptedMaster.Stored object = master.object(key);
        assertThat(object).isNotNull();
        assertThat(object.checksum()).isEqualTo(Checksum.of(ByteBuffer.wrap(value)));
        assertThat(object.replicas()).hasSize(replicas);
        for (List<ScriptedMaster.Extent> extents : object.replicas()) {
            ByteBuffer bytes = ByteBuffer.allocate(value.length);
            for (ScriptedMaster.Extent extent : extents) {
                byte[] memory = master.nodes.memory(extent.segment(), extent.offset() + extent.length());
                bytes.put(memory, (int) extent.offset(), (int) extent.length());
            }
            assertThat(bytes.array()).isEqualTo(value);
        }
        assertThat(master.openGrants()).isZero();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        clients.forEach(MooncakeClient::close);
        master.close();
    }
}
