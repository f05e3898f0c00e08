package io.threadmill.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which room may use which. A room without code yet is allowed to be empty. */
@AnalyzeClasses(packages = "io.threadmill", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomTests {

  /**
   * Room to the rooms it names directly. What those name in turn comes along, because their types
   * show in signatures: {@code tuning} may hold a {@code job.JobId} it got from {@code pool}.
   */
  private static final Map<String, Set<String>> NAMES =
      Map.ofEntries(
          Map.entry("job", Set.of()),
          Map.entry("egress", Set.of()),
          Map.entry("demo", Set.of()),
          Map.entry("pool", Set.of("job")),
          Map.entry("cache", Set.of("job")),
          Map.entry("batch", Set.of("job")),
          Map.entry("events", Set.of("job")),
          Map.entry("worker", Set.of("job")),
          Map.entry("tuning", Set.of("pool")),
          Map.entry("webhook", Set.of("events", "batch", "egress")),
          Map.entry("scrape", Set.of("pool", "cache", "batch", "egress")),
          Map.entry("compute", Set.of("pool", "cache", "batch", "worker")),
          Map.entry("rehearse", Set.of("pool", "worker")));

  /** Rooms that see all others and that no room may see; {@code redis} owns the ports' adapters. */
  private static final Set<String> LEAVES = Set.of("redis", "telemetry", "web");

  @ArchTest
  static void roomsUseOnlyTheRoomsTheyMay(JavaClasses code) {
    NAMES.keySet().forEach(room -> mayUse(room, reachable(room)).check(code));
    // telemetry and web only look; redis only adapts.
    mayUse("redis", NAMES.keySet()).check(code);
    mayUse("telemetry", union(NAMES.keySet(), Set.of("redis"))).check(code);
    mayUse("web", union(NAMES.keySet(), Set.of("redis", "telemetry"))).check(code);
  }

  @ArchTest
  static void everyPackageBelongsToARoomOfTheTable(JavaClasses code) {
    Set<String> rooms = union(NAMES.keySet(), LEAVES);
    Set<String> found =
        code.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith("io.threadmill."))
            .map(name -> name.substring("io.threadmill.".length()).split("\\.", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(rooms).as("rooms in the table of docs/architecture.md").containsAll(found);
  }

  @ArchTest
  static final ArchRule roomsFormNoCycle =
      slices()
          .matching("io.threadmill.(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .because("a room in a cycle can be neither understood nor tested alone");

  @ArchTest
  static final ArchRule nobodyCallsTelemetry =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.threadmill.telemetry..", "io.threadmill.web..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.threadmill.telemetry..")
          .allowEmptyShould(true)
          .because("telemetry listens; code that calls it could not run without it");

  @ArchTest
  static final ArchRule rootHoldsNoLogic =
      noClasses()
          .that()
          .resideInAPackage("io.threadmill.(*)..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.threadmill")
          .allowEmptyShould(true)
          .because("the root package starts the service; rooms are handed its beans");

  private static ArchRule mayUse(String room, Set<String> others) {
    String[] allowed =
        Stream.concat(Stream.of(room), others.stream())
            .map(RoomTests::packageOf)
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> notOurs =
        DescribedPredicate.not(resideInAPackage("io.threadmill.."));
    return classes()
        .that()
        .resideInAPackage(packageOf(room))
        .should()
        .onlyDependOnClassesThat(notOurs.or(resideInAnyPackage(allowed)))
        .allowEmptyShould(true)
        .because(
            "%s may use only %s: arrows between rooms point one way"
                .formatted(room, others.isEmpty() ? "itself" : new TreeSet<>(others)));
  }

  private static String packageOf(String room) {
    return "io.threadmill." + room + "..";
  }

  private static Set<String> reachable(String room) {
    Set<String> direct = NAMES.getOrDefault(room, Set.of());
    return direct.stream()
        .flatMap(next -> Stream.concat(Stream.of(next), reachable(next).stream()))
        .collect(Collectors.toSet());
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toSet());
  }
}
