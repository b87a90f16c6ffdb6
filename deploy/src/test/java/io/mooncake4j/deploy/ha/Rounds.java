package io.mooncake4j.deploy.ha;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How often faults are gone through: {@code -Dfaults.rounds=10}. */
final class Rounds {
    private Rounds() {}

    /** All cases, once a round. */
    static Stream<String> of(String... cases) {
        return IntStream.range(0, Integer.getInteger("faults.rounds", 1))
                .boxed()
                .flatMap(round -> Stream.of(cases));
    }
}
