package io.mooncake4j.master.admin;

import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may change something: who shows the token, or, where none is set, who is on this machine. There a browser's pages
 * are, too, which may belong to anybody: what they send for another host's page, or by another name of this host, is
 * refused, and so is what a proxy on this machine passes on.
 */
final class AdminGuard {
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final List<String> PASSED_ON = List.of("forwarded", "x-forwarded-for", "x-real-ip", "via");

    private final byte @Nullable [] tokenDigest;

    /** @param token empty: none is set */
    AdminGuard(String token) {
        this.tokenDigest = token.isEmpty() ? null : digest(token);
    }

    /** Why the request may not change anything; null if it may. */
    @Nullable
    HttpAnswer objection(HttpRequest request) {
        if (tokenDigest != null) {
            String given = request.header("authorization");
            boolean bearer = given.toLowerCase(Locale.ROOT).startsWith(BEARER);
            String token = bearer ? given.substring(BEARER.length()).strip() : "";
            // digests have one length, so that not even the token's is told by time
            return MessageDigest.isEqual(digest(token), tokenDigest)
                    ? null
                    : Answers.failed(401, ErrorCode.ILLEGAL_CLIENT, "send the admin token: Authorization: Bearer TOKEN")
                            .withHeader("WWW-Authenticate", "Bearer realm=\"mooncake4j\"");
        }
        if (!request.from().isLoopbackAddress() || PASSED_ON.stream().anyMatch(request::hasHeader)) {
            return refused("without --admin-token-file changes are taken from this machine alone");
        }
        String origin = request.header("origin");
        if (!LOOPBACK_NAMES.contains(name(request.header("host")))
                || (!origin.isEmpty() && !LOOPBACK_NAMES.contains(name(origin.replaceFirst("^https?://", ""))))) {
            return refused("without --admin-token-file no page of another host may change anything");
        }
        return null;
    }

    private static HttpAnswer refused(String why) {
        return Answers.failed(403, ErrorCode.ILLEGAL_CLIENT, why);
    }

    private static String name(String hostAndPort) {
        return hostAndPort.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
