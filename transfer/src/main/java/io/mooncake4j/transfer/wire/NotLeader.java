package io.mooncake4j.transfer.wire;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The text of a {@link ErrorCode#NOT_LEADER} error: it begins by saying whether the call may have been carried out, and ends
 * in {@code "; leader=HOST:PORT"} where that is known.
 */
public final class NotLeader {
    private static final String REFUSED = "this master does not lead";
    private static final String DEPOSED = "this master leads no more, and may have done what it was asked";
    private static final String LEADER = "; leader=";

    private NotLeader() {}

    /**
     * Of a call that was not begun.
     *
     * @param leader who leads, as far as is known
     */
    public static StoreException refused(@Nullable HostPort leader) {
        return error(REFUSED, leader);
    }

    /**
     * Of a call that was carried out, at least in part, by a master that lost its proof meanwhile.
     *
     * @param leader who leads, as far as is known
     */
    public static StoreException deposed(@Nullable HostPort leader) {
        return error(DEPOSED, leader);
    }

    private static StoreException error(String text, @Nullable HostPort leader) {
        return new StoreException(ErrorCode.NOT_LEADER, text + (leader == null ? "" : LEADER + leader));
    }

    /** Whether a NOT_LEADER error with this reason says that the call was not begun. */
    public static boolean nothingDone(String reason) {
        return reason.startsWith(REFUSED);
    }

    /** Who leads, as the reason of a NOT_LEADER error says; empty if it doesn't. */
    public static Optional<HostPort> leader(String reason) {
        int at = reason.lastIndexOf(LEADER);
        if (at < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(HostPort.parse(reason.substring(at + LEADER.length())));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }
}
