package io.mooncake4j.transfer.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** An answer. The body is not to be changed afterwards. */
public record HttpAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {
    public static final String JSON = "application/json; charset=utf-8";
    public static final String TEXT = "text/plain; charset=utf-8";
    /** Prometheus' text format. */
    public static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    public static HttpAnswer of(int status, String contentType, String body) {
        return new HttpAnswer(status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    public static HttpAnswer text(int status, String body) {
        return of(status, TEXT, body);
    }

    public static HttpAnswer json(int status, JsonText body) {
        return of(status, JSON, body.toString());
    }

    public HttpAnswer withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new HttpAnswer(status, contentType, body, Map.copyOf(more));
    }
}
