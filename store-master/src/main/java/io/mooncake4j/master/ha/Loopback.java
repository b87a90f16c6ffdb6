package io.mooncake4j.master.ha;

import java.net.URI;
import java.util.Locale;

/** Addresses that only their own machine reaches. */
public final class Loopback {
    private Loopback() {}

    /** Whether HOST:PORT is one, as it is written: no name is looked up. */
    public static boolean is(String address) {
        return isHost(address.substring(0, Math.max(0, address.lastIndexOf(':'))));
    }

    public static boolean is(URI endpoint) {
        return isHost(endpoint.getHost());
    }

    private static boolean isHost(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.startsWith("127.") || name.equals("localhost") || name.equals("[::1]") || name.equals("::1");
    }
}
