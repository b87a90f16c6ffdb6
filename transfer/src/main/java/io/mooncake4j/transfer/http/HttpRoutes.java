package io.mooncake4j.transfer.http;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which handler answers what. To be filled by one thread before it is given to a server. */
public final class HttpRoutes {
    /** @param quick whether it neither blocks nor takes long, and so may run where connections are read */
    record Route(HttpHandler handler, boolean quick) {}

    private final Map<String, Map<String, Route>> byPath = new HashMap<>();

    /** Answers on a worker. */
    public HttpRoutes get(String path, Function<HttpRequest, HttpAnswer> handler) {
        return add("GET", path, new Route(now(handler), false));
    }

    /**
     * Answers at once, whatever else is asked meanwhile: for probes. Must neither block nor take long.
     */
    public HttpRoutes getQuickly(String path, Function<HttpRequest, HttpAnswer> handler) {
        return add("GET", path, new Route(now(handler), true));
    }

    /** Begins on a worker; may answer later. */
    public HttpRoutes post(String path, HttpHandler handler) {
        return add("POST", path, new Route(handler, false));
    }

    private static HttpHandler now(Function<HttpRequest, HttpAnswer> handler) {
        return request -> CompletableFuture.completedFuture(handler.apply(request));
    }

    private HttpRoutes add(String method, String path, Route route) {
        byPath.computeIfAbsent(path, unused -> new TreeMap<>()).put(method, route);
        return this;
    }

    /** The handlers of a path by method; null if there is no such path. */
    @Nullable
    Map<String, Route> at(String path) {
        return byPath.get(path);
    }
}
