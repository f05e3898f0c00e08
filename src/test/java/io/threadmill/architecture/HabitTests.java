package io.threadmill.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Habits of the whole code that a reviewer would otherwise have to look for. */
@AnalyzeClasses(packages = "io.threadmill", importOptions = ImportOption.DoNotIncludeTests.class)
class HabitTests {

  private static final String TIME = "io.threadmill.TimeConfiguration";

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class, int.class)
          .orShould()
          .callMethod(Thread.class, "sleep", java.time.Duration.class)
          .because("a sleeper cannot be woken by a shutdown or tested without waiting");

  @ArchTest
  static final ArchRule timeComesFromTheBean =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(TIME)
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone")
          .orShould()
          .callMethod(InstantSource.class, "system")
          .because("logic is handed an InstantSource (TimeConfiguration), so that tests move time");

  /**
   * What the wall clock may decide: how old an answer is, and which page of a site may be asked.
   */
  @ArchTest
  static final ArchRule noInstanceClockDecidesAboutJobs =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.threadmill.job..",
              "io.threadmill.pool..",
              "io.threadmill.redis..",
              "io.threadmill.events..",
              "io.threadmill.batch..",
              "io.threadmill.rehearse..",
              "io.threadmill.telemetry..")
          .and()
          .haveSimpleNameNotStartingWith("RedisNeighbours") // the demo's ports, on one machine
          .and()
          .doNotHaveSimpleName("RedisConfiguration") // hands it the clock
          .should()
          .dependOnClassesThat()
          .areAssignableTo(InstantSource.class)
          .because(
              "leases, due times and retries go by Redis's clock, whatever an instance's shows");

  @ArchTest
  static final ArchRule chanceComesFromTheBean =
      noClasses()
          .should()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName(Random.class.getName())
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ThreadLocalRandom.class)
          .because("chance is handed in as a RandomGenerator (TimeConfiguration), so tests fix it");

  @ArchTest
  static final ArchRule nobodyPrints =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .because("what is worth saying goes to the log, one event a line");

  @ArchTest
  static final ArchRule injectionIsByConstructor =
      noFields()
          .should()
          .beAnnotatedWith(Autowired.class)
          .orShould()
          .beAnnotatedWith(Value.class)
          .orShould()
          .beAnnotatedWith("jakarta.inject.Inject")
          .orShould()
          .beAnnotatedWith("jakarta.annotation.Resource")
          .allowEmptyShould(true)
          .because("a constructor shows what a class needs and lets a test build it");

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses code) {
    Set<String> packages =
        code.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    Set<String> marked =
        code.stream()
            .filter(type -> type.getSimpleName().equals("package-info"))
            .filter(type -> type.isAnnotatedWith(NullMarked.class))
            .map(JavaClass::getPackageName)
            .collect(Collectors.toSet());
    assertThat(marked)
        .as("packages with a package-info.java that says @NullMarked, so that NullAway looks there")
        .containsAll(packages);
  }
}
