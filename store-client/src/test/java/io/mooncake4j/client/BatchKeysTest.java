package io.mooncake4j.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BatchKeysTest {
    @Provide
    Arbitrary<List<String>> keys() {
        return Arbitraries.of("a", "b", "clé", "", "\ud800", "x".repeat(2000), "é".repeat(2049), "é".repeat(2048))
                .list()
                .ofMaxSize(20);
    }

    private static boolean valid(String key) {
        try {
            KeyColumn.of(List.of(key));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    @Property
    void shouldSendEachValidKeyOnceInTheOrderOfFirstAppearance(@ForAll("keys") List<String> keys) {
        BatchKeys batch = BatchKeys.of(keys);

        assertThat(batch.column().toList())
                .isEqualTo(keys.stream().filter(BatchKeysTest::valid).distinct().toList());
        for (int i = 0; i < keys.size(); i++) {
            assertThat(batch.objection(i) == null).isEqualTo(valid(keys.get(i)));
            if (valid(keys.get(i))) {
                int sent = batch.sentIndex(i);
                assertThat(batch.column().key(sent)).isEqualTo(keys.get(i));
                assertThat(batch.callersIndex(sent)).isEqualTo(keys.indexOf(keys.get(i)));
                assertThat(batch.isDuplicate(i)).isEqualTo(keys.indexOf(keys.get(i)) < i);
            }
        }
    }

    @Property
    void shouldCoverAllKeysWithRequestsInOrder(@ForAll("keys") List<String> keys) {
        BatchKeys batch = BatchKeys.of(keys);
        List<String> covered = new ArrayList<>();
        for (int from = 0; from < batch.column().count(); ) {
            int end = batch.requestEnd(from, i -> 200L << 20);
            assertThat(end).isEqualTo(from + 1); // two such values are too much for one request
            covered.addAll(KeyColumn.of(batch.range(from, end)).toList());
            from = end;
        }

        assertThat(covered).isEqualTo(batch.column().toList());
    }
}
