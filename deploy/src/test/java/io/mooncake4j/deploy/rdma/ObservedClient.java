package io.mooncake4j.deploy.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A client that may use a device, and what moved its bytes. */
final class ObservedClient implements AutoCloseable {
    private final Map<String, ObservedTransport> transports = new ConcurrentHashMap<>();
    private final MooncakeClient client;

    private ObservedClient(MooncakeClientBuilder builder, Consumer<String> ended) {
        this.client = ClientSeams.transports(builder, transport -> {
                    ObservedTransport observed = new ObservedTransport(transport, ended);
                    transports.put(transport.name(), observed);
                    return observed;
                })
                .build();
        assertThat(transports).as("transports of the client").containsOnlyKeys("rdma", "tcp");
    }

    static ObservedClient of(MooncakeClientBuilder builder) {
        return of(builder, end -> {});
    }

    /** @param ended as in {@link ObservedTransport} */
    static ObservedClient of(MooncakeClientBuilder builder, Consumer<String> ended) {
        return new ObservedClient(builder, ended);
    }

    MooncakeClient client() {
        return client;
    }

    long rdmaBytes() {
        return transports.get("rdma").doneBytes();
    }

    long rdmaBytes(String node) {
        return transports.get("rdma").doneBytes(node);
    }

    long tcpBytes() {
        return transports.get("tcp").doneBytes();
    }

    long tcpBytes(String node) {
        return transports.get("tcp").doneBytes(node);
    }

    @Override
    public void close() {
        client.close();
    }
}
