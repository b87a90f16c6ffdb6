package io.mooncake4j.master.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexSizeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "^model-[0-9]{1,3}/layer\\.[0-9]+$",
                "a{1000}",
                "(a{30}){30}",
                "((a{10}){10}){10}",
                "(?:(?P<x>a{2,7}|b){0,40}|(?i)c{3,})+?",
                "[]{}(]{9}",
                "[^]()]{9}",
                "[[:alpha:]\\]{]{9}",
                "\\Q(((\\E{9}",
                "\\Qab",
                "\\(x{9}\\)",
                "\\x{41}{9}\\p{Greek}{9}",
                "{,5}a{x}{01}",
                "(?i)(ab){5}(?s:c{5})",
                "(|a{0}){7}",
                "\\\\{5}\\[{5}(a\\){5}){5}"
            })
    void shouldNotBeBelowTheProgramWhenEstimated(String regex) {
        int program = Pattern.compile(regex).programSize();
        assertThat(RegexSize.instructions(regex)).isBetween(program - 4L, 10L * program);
    }

    /** Compiling these would take all memory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{1000}){1000}){1000}",
                "((((((((((a{0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9}){0,9})",
                "(?:(?i:[)]{1000}){1000,}){0,1000}",
                "(((\\Q)\\E{1000}){1000}){1000}"
            })
    void shouldBeHugeWhenRepetitionsNest(String regex) {
        assertThat(RegexSize.instructions(regex)).isGreaterThan(100_000_000);
    }
}
