package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void shouldChooseTheUnitWhenTimesDiffer() {
        assertThat(Figures.time(12_345)).isEqualTo("12.3 µs");
        assertThat(Figures.time(123_456)).isEqualTo("123 µs");
        assertThat(Figures.time(5_247_000)).isEqualTo("5.2 ms");
        assertThat(Figures.time(4_488_900_000L)).isEqualTo("4.49 s");
    }

    @Test
    void shouldRoundWhenShowingSizesRatesAndShares() {
        assertThat(Figures.size(1536)).isEqualTo("1.5 KB");
        assertThat(Figures.size(8L << 30)).isEqualTo("8 GB");
        assertThat(Figures.rate(2_500_000_000L, 1_000_000_000L)).isEqualTo("2.50 GB/s");
        assertThat(Figures.rate(1, 0)).isEqualTo("0.00 GB/s");
        assertThat(Figures.percent(1, 3)).isEqualTo("33.3 %");
        assertThat(Figures.percent(0, 0)).isEqualTo("0.0 %");
        assertThat(Figures.count(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void shouldSetNumbersRightAndTextLeftWhenPrintingATable() {
        TextTable table = new TextTable("name", "size", "note");
        table.row("a", "1", "x");
        table.row("bcdef", "1,000", "");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        table.print(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("name    size  note", "a          1  x", "bcdef  1,000");
    }
}
