package io.mooncake4j.transfer.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: one request after the other, each with a time to come and to be answered in. For its event loop. */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    /** Longer than anything is waited for to answer. */
    private static final long ANSWER_SECONDS = 60;

    private final HttpServerOptions options;
    private final HttpRoutes routes;
    private final Executor workers;
    private @Nullable ScheduledFuture<?> end;

    HttpConnection(HttpServerOptions options, HttpRoutes routes, Executor workers) {
        this.options = options;
        this.routes = routes;
        this.workers = workers;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        closeAfter(context, options.requestTimeout().toNanos());
    }

    private void closeAfter(ChannelHandlerContext context, long nanos) {
        if (end != null) {
            end.cancel(false);
        }
        end = context.executor().schedule(() -> context.close(), nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (end != null) {
            end.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
        closeAfter(context, TimeUnit.SECONDS.toNanos(ANSWER_SECONDS));
        context.channel().config().setAutoRead(false); // until this one is answered
        boolean keepAlive = HttpUtil.isKeepAlive(message);
        boolean head = message.method().name().equals("HEAD");
        if (message.decoderResult().isFailure()) {
            write(context, HttpAnswer.text(400, "not an HTTP request that can be read\n"), false, false);
            return;
        }
        HttpRequest request;
        try {
            request = request(context, message);
        } catch (IllegalArgumentException e) {
            write(context, HttpAnswer.text(400, "the URL can't be read\n"), keepAlive, head);
            return;
        }
        Map<String, HttpRoutes.Route> methods = routes.at(request.path());
        if (methods == null) {
            write(context, HttpAnswer.text(404, "there is nothing at " + request.path() + "\n"), keepAlive, head);
            return;
        }
        HttpRoutes.Route route = methods.get(head ? "GET" : request.method());
        if (route == null) {
            String allowed = String.join(", ", methods.keySet());
            HttpAnswer answer = HttpAnswer.text(405, request.path() + " takes " + allowed + "\n")
                    .withHeader("Allow", allowed);
            write(context, answer, keepAlive, head);
        } else if (route.quick()) {
            answer(context, route, request, keepAlive, head);
        } else {
            try {
                workers.execute(() -> answer(context, route, request, keepAlive, head));
            } catch (RejectedExecutionException e) {
                write(context, HttpAnswer.text(503, "too many requests wait here; try again\n"), keepAlive, head);
            }
        }
    }

    private static HttpRequest request(ChannelHandlerContext context, FullHttpRequest message) {
        QueryStringDecoder url = new QueryStringDecoder(message.uri());
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, String> header : message.headers()) {
            headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
        InetSocketAddress from = (InetSocketAddress) context.channel().remoteAddress();
        return new HttpRequest(
                message.method().name(),
                url.path(),
                Map.copyOf(url.parameters()),
                Map.copyOf(headers),
                from.getAddress());
    }

    private static CompletionStage<HttpAnswer> answered(HttpRoutes.Route route, HttpRequest request) {
        return route.handler().answer(request);
    }

    private void answer(
            ChannelHandlerContext context,
            HttpRoutes.Route route,
            HttpRequest request,
            boolean keepAlive,
            boolean head) {
        try {
            answered(route, request)
                    .whenComplete((answer, failure) ->
                            write(context, failure == null ? answer : failed(request, failure), keepAlive, head));
        } catch (RuntimeException | Error e) { // a request that nobody answers would keep its caller waiting
            write(context, failed(request, e), keepAlive, head);
        }
    }

    private static HttpAnswer failed(HttpRequest request, Throwable failure) {
        LOG.error("{} {} failed", request.method(), request.path(), failure);
        return HttpAnswer.text(500, "this server failed at " + request.path() + "; see its log\n");
    }

    /** Any thread. */
    private void write(ChannelHandlerContext context, HttpAnswer answer, boolean keepAlive, boolean head) {
        if (!context.executor().inEventLoop()) {
            context.executor().execute(() -> write(context, answer, keepAlive, head));
            return;
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("x-content-type-options", "nosniff");
        answer.headers().forEach(response.headers()::set);
        HttpUtil.setKeepAlive(response, keepAlive);
        context.writeAndFlush(response).addListener((ChannelFutureListener) written -> {
            if (!written.isSuccess() || !keepAlive) {
                context.close();
            } else {
                closeAfter(context, options.idleTimeout().toNanos());
                // not from within the read that brought this request
                context.executor().execute(() -> context.channel().config().setAutoRead(true));
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a connection over HTTP ended: {}", cause.toString());
        context.close();
    }
}
