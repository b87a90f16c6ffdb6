package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Servers and clients of one test, and texts to send between them. */
final class RpcFixture implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final boolean nativeTransport;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    RpcFixture(boolean nativeTransport) {
        this.nativeTransport = nativeTransport;
    }

    RpcServerOptions.Builder serverOptions() {
        return RpcServerOptions.builder()
                .bindHost("127.0.0.1")
                .port(0)
                .threads(1)
                .closeTimeout(Duration.ofMillis(200))
                .nativeTransport(nativeTransport);
    }

    RpcClientOptions.Builder clientOptions(int... ports) {
        List<HostPort> addresses = new ArrayList<>();
        for (int port : ports) {
            addresses.add(new HostPort("127.0.0.1", port));
        }
        return RpcClientOptions.builder().addresses(addresses).nativeTransport(nativeTransport);
    }

    RpcServer server(RpcHandler handler) {
        return server(serverOptions(), handler);
    }

    /** Says that it leads; everything else is the handler's. */
    RpcServer server(RpcServerOptions.Builder options, RpcHandler handler) {
        return closing(RpcServer.start(options.build(), call -> {
            if (call.method() == Method.ROLE) {
                call.reply(RoleResponse.newBuilder().setLeads(true).build());
            } else {
                handler.handle(call);
            }
        }));
    }

    RpcClient client(RpcServer server) {
        return client(clientOptions(server.port()));
    }

    RpcClient client(RpcClientOptions.Builder options) {
        return closing(RpcClient.create(options.build()));
    }

    <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    static void echo(RpcCall call) {
        call.reply(call.parse(RemoveAllRequest.parser()));
    }

    static RemoveAllRequest text(String text) {
        return RemoveAllRequest.newBuilder().setTenant(text).build();
    }

    static String textOf(RpcCall call) {
        return call.parse(RemoveAllRequest.parser()).getTenant();
    }

    static String call(RpcClient client, String text) {
        return call(client, text, Deadline.after(PATIENCE));
    }

    static String call(RpcClient client, String text, Deadline deadline) {
        return client.call(Method.REMOVE_ALL, text(text), RemoveAllRequest.parser(), deadline)
                .getTenant();
    }

    static CompletableFuture<String> callAsync(RpcClient client, String text) {
        return callAsync(client, text, Deadline.after(PATIENCE));
    }

    static CompletableFuture<String> callAsync(RpcClient client, String text, Deadline deadline) {
        return client.callAsync(Method.REMOVE_ALL, text(text), RemoveAllRequest.parser(), deadline)
                .thenApply(RemoveAllRequest::getTenant);
    }

    static String get(CompletableFuture<String> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static StoreException failureOf(CompletableFuture<String> future) {
        return catchThrowableOfType(StoreException.class, () -> get(future));
    }

    static RpcException localFailureOf(CompletableFuture<String> future) {
        return catchThrowableOfType(RpcException.class, () -> get(future));
    }
}
