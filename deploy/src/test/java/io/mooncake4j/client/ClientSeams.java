package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What tests of whole clusters need of a client and its users don't. */
public final class ClientSeams {
    private ClientSeams() {}

    public static MooncakeClientBuilder safetyRules(MooncakeClientBuilder builder, SafetyRules rules) {
        return builder.safetyRules(rules);
    }

    /** Reaches each transport of the client through what this makes of it. */
    public static MooncakeClientBuilder transports(MooncakeClientBuilder builder, UnaryOperator<Transport> seam) {
        return builder.decorateTransports(seam);
    }

    /** As it stands in tokens. */
    public static UUID clientId(MooncakeClient client) {
        return client.clientId();
    }

    /** How often bytes that the client read did not have their checksum. */
    public static long checksumMismatches(MooncakeClient client) {
        return client.checksumMismatches();
    }
}
