package io.mooncake4j.master.etcd;

import io.etcd.jetcd.api.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection to one member of etcd, made at the first call, and a login. Safe for all threads. */
final class EtcdConnection {
    private static final int MAX_ANSWER_BYTES = 128 << 20;
    /** The shortest that gRPC allows; etcd minds pings more often than every 5 s, and any without a call. */
    private static final long PING_EVERY_SECONDS = 10;

    private static final long PING_TIMEOUT_SECONDS = 2;
    /** A member that sees no leader says so at once, instead of waiting for one with the call. */
    private static final Metadata.Key<String> NEED_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final URI endpoint;
    private final ManagedChannel managed;
    private final Channel channel;
    private final @Nullable EtcdLogin login;
    private final long openedNanos;

    EtcdConnection(URI endpoint, EtcdOptions settings, @Nullable SslContext tls, long nowNanos) {
        this.endpoint = endpoint;
        this.openedNanos = nowNanos;
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(host(endpoint), endpoint.getPort())
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(settings.connectTimeout.toMillis()))
                .keepAliveTime(PING_EVERY_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                // a transaction that is sent twice without a word to us would answer for the second time
                .disableRetry();
        if (tls == null) {
            builder.usePlaintext();
        } else {
            builder.sslContext(tls);
        }
        if (!settings.authority.isEmpty()) {
            builder.overrideAuthority(settings.authority);
        }
        managed = builder.build();
        Metadata headers = new Metadata();
        headers.put(NEED_LEADER, "true");
        channel = ClientInterceptors.intercept(managed, MetadataUtils.newAttachHeadersInterceptor(headers));
        login = settings.user.isEmpty() ? null : new EtcdLogin(channel, settings);
    }

    private static String host(URI endpoint) {
        String host = endpoint.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    URI endpoint() {
        return endpoint;
    }

    long openedNanos() {
        return openedNanos;
    }

    Channel channel() {
        return channel;
    }

    private CallOptions withLogin(CallOptions options) {
        return login == null ? options : options.withCallCredentials(login);
    }

    <Q, A> CompletableFuture<A> call(MethodDescriptor<Q, A> method, Deadline deadline, Q request) {
        return EtcdCalls.unary(channel, method, withLogin(CallOptions.DEFAULT.withDeadline(deadline)), request);
    }

    <Q, A> CompletableFuture<A> callOnceThroughStream(MethodDescriptor<Q, A> method, Deadline deadline, Q request) {
        return EtcdCalls.onceThroughStream(
                channel, method, withLogin(CallOptions.DEFAULT.withDeadline(deadline)), request);
    }

    /** As {@link Etcd#changed}. */
    CompletableFuture<@Nullable Void> watch(List<WatchRequest> keys) {
        return EtcdWatch.open(channel, withLogin(CallOptions.DEFAULT), keys);
    }

    /** Whether its calls come without the user's name, since etcd needed none when he logged in. */
    boolean isUnnamed() {
        return login != null && login.isUnnamed();
    }

    void renewLogin() {
        if (login != null) {
            login.renew();
        }
    }

    /** Takes no more calls; those in flight go on until their deadlines. */
    void retire() {
        managed.shutdown();
    }

    /** Whether it has retired and its last call has ended. */
    boolean isGone() {
        return managed.isTerminated();
    }

    /** Ends its calls. */
    void close() {
        managed.shutdownNow();
    }
}
