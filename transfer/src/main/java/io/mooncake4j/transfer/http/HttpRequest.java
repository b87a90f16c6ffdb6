package io.mooncake4j.transfer.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * A request.
 *
 * @param path without the query
 * @param query decoded, by name
 * @param headers by name, in lower case; the first value of each
 * @param from who connected
 */
public record HttpRequest(
        String method, String path, Map<String, List<String>> query, Map<String, String> headers, InetAddress from) {

    /** A parameter of the query; empty if it isn't given. */
    public String parameter(String name) {
        List<String> values = query.get(name);
        return values == null ? "" : values.get(0);
    }

    /** A header, by its name in lower case; empty if it isn't given. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public boolean hasHeader(String name) {
        return headers.containsKey(name);
    }
}
