package io.mooncake4j.deploy.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.history.Operation;
import io.mooncake4j.deploy.history.Operation.Kind;
import io.mooncake4j.deploy.history.Operation.Outcome;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the callers saw of a fault: how many calls, how long the longest ones took, and which failed with what.
 *
 * @param longestPut of puts and removals
 */
record Seen(String what, int calls, Duration longestPut, Duration longestGet, Map<String, Long> failures) {
    static Seen of(String what, List<Operation> operations) {
        return new Seen(
                what,
                operations.size(),
                longest(operations, kind -> kind != Kind.READ),
                longest(operations, kind -> kind == Kind.READ),
                operations.stream()
                        .filter(each -> each.outcome() == Outcome.UNKNOWN)
                        .collect(Collectors.groupingBy(
                                each -> each.kind() + " " + each.error(), TreeMap::new, Collectors.counting())));
    }

    private static Duration longest(List<Operation> operations, Predicate<Kind> kinds) {
        return Duration.ofNanos(operations.stream()
                .filter(each -> kinds.test(each.kind()))
                .mapToLong(Operation::tookNanos)
                .max()
                .orElse(0));
    }

    /** Of a way to fail: whether callers are told that the same call may succeed later. */
    static boolean isRetryable(String way) {
        return ErrorCode.valueOf(way.substring(way.indexOf(' ') + 1)).retryable();
    }

    /** No call failed, and none took longer. */
    void assertUnharmed(Duration put, Duration get) {
        assertFailed();
        assertWithin(put, get);
    }

    /** Nothing failed but, perhaps, in these ways, such as {@code PUT OUTCOME_UNKNOWN}. */
    void assertFailed(String... ways) {
        assertThat(failures.keySet()).as("%s", this).isSubsetOf(ways);
    }

    void assertWithin(Duration put, Duration get) {
        assertThat(longestPut).as("longest put or removal of %s", this).isLessThanOrEqualTo(put);
        assertThat(longestGet).as("longest get of %s", this).isLessThanOrEqualTo(get);
    }

    @Override
    public String toString() {
        return what + ": " + calls + " calls, longest put or removal " + longestPut.toMillis() + " ms, longest get "
                + longestGet.toMillis() + " ms, failures " + failures;
    }
}
