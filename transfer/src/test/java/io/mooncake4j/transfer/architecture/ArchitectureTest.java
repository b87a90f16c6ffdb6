package io.mooncake4j.transfer.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the production classes of a module against rules of its own, which its test adds, and those for all. */
public abstract class ArchitectureTest {
    private static final JavaClasses CLASSES = PackageRules.productionClasses();

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }

    protected static Stream<ArchRule> library(ArchRule... own) {
        return Stream.concat(Stream.of(own), PackageRules.everywhereInLibraries());
    }

    protected static Stream<ArchRule> application(ArchRule... own) {
        return Stream.concat(Stream.of(own), PackageRules.everywhere());
    }
}
