package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private String shown() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    @Test
    void shouldCutToTheTerminalAndGiveTheCursorBackWhenClosed() {
        Screen screen = new Screen(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(shown()).isEqualTo("\u001b[?25l\u001b[2J");

        screen.show(List.of("12345µ789", "b"), new Screen.Size(10, 6));
        assertThat(shown()).isEqualTo("\u001b[H12345µ\u001b[K\nb\u001b[K\n\u001b[J");

        screen.show(List.of("a", "b", "c", "d"), new Screen.Size(4, 80));
        assertThat(shown()).isEqualTo("\u001b[Ha\u001b[K\nb\u001b[K\n... and 2 lines more\u001b[K\n\u001b[J");

        screen.close();
        screen.close();
        screen.show(List.of("late"), new Screen.Size(4, 80));
        assertThat(shown()).isEqualTo("\u001b[?25h");
    }
}
