package io.mooncake4j.transfer.wire;

import java.util.ArrayList;
import java.util.List;

/** A host name or address and a TCP port, written {@code host:port} or {@code [ipv6]:port}. */
public record HostPort(String host, int port) {

    /**
     * Reads one address.
     *
     * @throws StoreException INVALID_PARAMS naming the part that is wrong
     */
    public static HostPort parse(String text) {
        String trimmed = text.trim();
        int colon = trimmed.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(text, "the port is missing");
        }
        String host = trimmed.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (host.indexOf(':') < 0) {
                throw wrong(text, "'" + host + "' in brackets is not an IPv6 address");
            }
        } else if (host.indexOf(':') >= 0) {
            throw wrong(text, "an IPv6 address needs brackets");
        }
        if (host.isEmpty()
                || host.chars().anyMatch(c -> Character.isWhitespace(c) || c == '/' || c == '[' || c == ']')) {
            throw wrong(text, "'" + host + "' is not a host");
        }
        return new HostPort(host, port(text, trimmed.substring(colon + 1)));
    }

    /**
     * Reads one or more addresses with commas between them.
     *
     * @throws StoreException INVALID_PARAMS naming the part that is wrong
     */
    public static List<HostPort> parseList(String text) {
        List<HostPort> all = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            all.add(parse(part));
        }
        return List.copyOf(all);
    }

    private static int port(String text, String digits) {
        boolean number =
                !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65535) {
            throw wrong(text, "'" + digits + "' is not a port (1 to 65535)");
        }
        return port;
    }

    private static StoreException wrong(String text, String why) {
        return new StoreException(
                ErrorCode.INVALID_PARAMS,
                "'" + text + "' is not an address: " + why + "; write host:port, 10.0.0.1:50051 or [fd00::1]:50051");
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
