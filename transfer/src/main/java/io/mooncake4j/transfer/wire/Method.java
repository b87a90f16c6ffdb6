package io.mooncake4j.transfer.wire;

import org.jspecify.annotations.Nullable;

/** The master's calls and their numbers on the wire. */
public enum Method {
    PUT_START(1),
    PUT_END(2),
    PUT_REVOKE(3),
    GRANT_OUTCOME(4),
    RENEW_GRANT(5),
    GET_REPLICAS(6),
    RENEW_LEASE(7),
    EXISTS(8),
    REMOVE(9),
    REMOVE_BY_REGEX(10),
    REMOVE_ALL(11),
    MOUNT_SEGMENT(12),
    SUSPEND_SEGMENT(13),
    LEAVE_SEGMENT(14),
    PING(15),
    LIST_KEYS(16),
    LIST_SEGMENTS(17),
    REPORT_CORRUPT(18),
    DESCRIBE(19),
    /** Answered by every master; the request is mostly empty. */
    ROLE(20);

    private static final Method[] BY_NUMBER = new Method[values().length + 1];

    static {
        for (Method method : values()) {
            BY_NUMBER[method.number] = method;
        }
    }

    private final int number;

    Method(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The method of a number, or null if this build does not know it. */
    public static @Nullable Method of(int number) {
        return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
