package io.mooncake4j.transfer.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** What every module's architecture test checks, and the words it says the rest with. */
public final class PackageRules {
    private static final String ROOT = "io.mooncake4j";
    private static final Set<String> WALL_CLOCK = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.time.Clock.system",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.util.Date.<init>",
            "java.util.concurrent.locks.Condition.awaitUntil",
            "java.util.concurrent.locks.LockSupport.parkUntil");

    private PackageRules() {}

    /** The production classes of the module under test (and of modules that are built with it from the same tree). */
    public static JavaClasses productionClasses() {
        JavaClasses found = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(new ImportOption.DoNotIncludeJars())
                .importPackages(ROOT);
        assertThat(found).as("production classes").isNotEmpty();
        return found;
    }

    /** The rules for every module. */
    public static Stream<ArchRule> everywhere() {
        return Stream.of(freeOfCycles(), wallClockIsNotRead(), nullMarked(), NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
    }

    /** Of our own packages, {@code packages} see only themselves, their subpackages and {@code allowed}. */
    public static ArchRule seesOnly(String packages, String... allowed) {
        List<String> seen = new ArrayList<>(List.of(allowed));
        seen.add(packages);
        return noClasses()
                .that()
                .resideInAPackage(packages)
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(seen.toArray(String[]::new)))))
                .as(packages + " sees of our own packages only " + List.of(allowed))
                .allowEmptyShould(true);
    }

    /** The rules for every module that is a library, and so writes to a logger. */
    public static Stream<ArchRule> everywhereInLibraries() {
        return Stream.concat(everywhere(), Stream.of(NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true)));
    }

    /** Nothing in {@code packages} knows anything in {@code others}. */
    public static ArchRule ignores(String packages, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .as(packages + " knows nothing of " + List.of(others))
                .allowEmptyShould(true);
    }

    /** A transport is known by its wiring, and to all others by its interface and by what it can be told. */
    public static ArchRule namesNoTransport(String packages, DescribedPredicate<JavaClass> except) {
        return noClasses()
                .that(resideInAPackage(packages).and(not(except)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + ".transfer.tcp..", ROOT + ".transfer.rdma..")
                        .and(not(simpleNameEndingWith("Options").or(simpleNameEndingWith("Settings")))))
                .as("nothing in " + packages + " names a transport, except " + except.getDescription())
                .allowEmptyShould(true);
    }

    private static ArchRule freeOfCycles() {
        return slices().matching(ROOT + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** It may be stepped by hours: leases, deadlines and waits count on the monotonic clock. */
    static ArchRule wallClockIsNotRead() {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".deploy.cli.ReplayCommand") // for a key prefix that is new
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".deploy.cli.TimeOfDay") // shown to people
                .should()
                .accessTargetWhere(describe(
                        "it is the wall clock",
                        access -> WALL_CLOCK.contains(access.getTargetOwner().getName() + "."
                                + access.getTarget().getName())))
                .as("no decision depends on the wall clock")
                .allowEmptyShould(true);
    }

    private static ArchRule nullMarked() {
        return classes()
                .that()
                .resideOutsideOfPackages(ROOT + ".transfer.wire.proto..", "..jmh_generated..")
                .should(new ArchCondition<JavaClass>("be in a package whose package-info says @NullMarked") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                        events.add(new SimpleConditionEvent(item, marked, item.getPackageName() + " of " + item));
                    }
                })
                .allowEmptyShould(true);
    }
}
