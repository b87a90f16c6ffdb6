package io.mooncake4j.master.placement;

import java.nio.charset.StandardCharsets;

/** A name space of keys. One instance a name; its seed makes equal keys of two tenants hash apart. */
public final class Tenant {
    public static final String DEFAULT_NAME = "default";

    private final String name;
    private final long seed;

    Tenant(String name) {
        this.name = name;
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        this.seed = KeyHash.of(0, utf8, 0, utf8.length);
    }

    public String name() {
        return name;
    }

    long seed() {
        return seed;
    }
}
