package io.mooncake4j.transfer.metrics;

import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts failures by those codes that are worth telling apart, and all others together. Safe for all threads. */
public final class ErrorCounts {
    private final Map<ErrorCode, LongAdder> known = new LinkedHashMap<>();
    private final LongAdder other = new LongAdder();

    public ErrorCounts(ErrorCode... codes) {
        for (ErrorCode code : codes) {
            known.put(code, new LongAdder());
        }
    }

    public void count(ErrorCode code) {
        known.getOrDefault(code, other).increment();
    }

    /** By reason, as metrics have it: the code in lower case, or other. */
    public Map<String, LongAdder> byReason() {
        Map<String, LongAdder> all = new LinkedHashMap<>();
        known.forEach((code, count) -> all.put(code.name().toLowerCase(Locale.ROOT), count));
        all.put("other", other);
        return all;
    }
}
