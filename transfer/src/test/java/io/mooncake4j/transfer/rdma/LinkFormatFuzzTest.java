package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;

/** What a client reads from a node that it hardly knows. */
class LinkFormatFuzzTest {
    @FuzzTest
    void shouldRefuseOrReadTheSameWhenAnOfferIsAnything(byte[] bytes) {
        try {
            LinkOffer offer = LinkOffer.decode(bytes);
            assertThat(LinkOffer.decode(offer.encode())).isEqualTo(offer);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("offer");
        }
    }

    @FuzzTest
    void shouldRefuseOrReadTheSameWhenARegionTableIsAnything(byte[] bytes) {
        try {
            RegionTable table = RegionTable.decode(bytes);
            assertThat(table.encode()).isEqualTo(bytes);
            assertThat(Arrays.stream(table.lengths())).allMatch(length -> length >= 0);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("table");
        }
    }
}
