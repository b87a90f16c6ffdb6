package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(impatient.withTimeout(Duration.ofSeconds(30)).exists("nothing"))
                .isFalse();
        master.received.clear();
        return impatient;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        clients.forEach(MooncakeClient::close);
        master.close();
    }
}
