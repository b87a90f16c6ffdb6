package io.mooncake4j.transfer.wire;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The text of a {@link ErrorCode#NOT_LEADER} error, which ends in {@code "; leader=HOST:PORT"} where that is known. */
public final class NotLeader {
    private static final String LEADER = "; leader=";

    private NotLeader() {}

    /** @param leader who leads, as far as is known */
    public static StoreException refusal(@Nullable HostPort leader) {
        return new StoreException(
                ErrorCode.NOT_LEADER, "this master does not lead" + (leader == null ? "" : LEADER + leader));
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
