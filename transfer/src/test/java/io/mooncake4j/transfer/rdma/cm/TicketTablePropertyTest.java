package io.mooncake4j.transfer.rdma.cm;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.rdma.cm.TicketTable.RefusedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TicketTablePropertyTest {
    private record Given(int owner, int uses, long endNanos, Set<Integer> used) {}

    /** Against a model; tickets are few, so that claims meet them, and times lie around the overflow of nanoTime. */
    @Property(tries = 300)
    void shouldAdmitEachIndexOnceBeforeTheEndAndNothingElse(@ForAll Random random) throws Exception {
        TicketTable<Integer> table = new TicketTable<>(() -> random.nextInt(12));
        Map<Long, Given> model = new HashMap<>();
        List<Long> known = new ArrayList<>(List.of(99L));
        long now = Long.MAX_VALUE - 500;
        for (int i = 0; i < 200; i++, now += random.nextInt(20)) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (table.size() < 8) {
                        int uses = 1 + random.nextInt(3);
                        long end = now + random.nextInt(100);
                        long ticket = table.give(i, uses, end);
                        assertThat(model).doesNotContainKey(ticket);
                        model.put(ticket, new Given(i, uses, end, new HashSet<>()));
                        known.add(ticket);
                    }
                }
                case 1 -> {
                    if (random.nextInt(4) == 0) {
                        long ticket = known.get(random.nextInt(known.size()));
                        table.takeBack(ticket);
                        model.remove(ticket);
                    }
                }
                default -> {
                    long ticket = known.get(random.nextInt(known.size()));
                    int index = random.nextInt(5) - 1;
                    assertThat(claim(table, ticket, index, now)).isEqualTo(expected(model, ticket, index, now));
                }
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
    }

    private static Object claim(TicketTable<Integer> table, long ticket, int index, long now) {
        try {
            return table.claim(ticket, index, now);
        } catch (RefusedException e) {
            return e.why();
        }
    }

    private static Object expected(Map<Long, Given> model, long ticket, int index, long now) {
        Given given = model.get(ticket);
        if (given == null) {
            return Refusal.UNKNOWN_TICKET;
        }
        if (now - given.endNanos >= 0) {
            return Refusal.EXPIRED_TICKET;
        }
        boolean fine = index >= 0 && index < given.uses && given.used.add(index);
        return fine ? given.owner : Refusal.USED_UP;
    }
}
