package io.threadmill.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShould;

/** Which room may know which library. */
@AnalyzeClasses(packages = "io.threadmill", importOptions = ImportOption.DoNotIncludeTests.class)
class LibraryTests {

  @ArchTest
  static final ArchRule onlyRedisKnowsRedisson =
      only("io.threadmill.redis..")
          .dependOnClassesThat()
          .resideInAnyPackage("org.redisson..", "redis.embedded..")
          .because("the store is behind ports, and its client's objects never leave their adapter");

  @ArchTest
  static final ArchRule onlyScrapeKnowsParsers =
      only("io.threadmill.scrape..")
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.jsoup..",
              "crawlercommons..",
              "com.google.re2j..",
              "org.mozilla.universalchardet..")
          .because("hostile pages are parsed in one room, under its limits");

  @ArchTest
  static final ArchRule onlyComputeKnowsTheSchemaValidatorAndStatistics =
      only("io.threadmill.compute..")
          .dependOnClassesThat()
          .resideInAnyPackage("com.networknt..", "org.hipparchus..")
          .because("inputs are checked and computed with in one room, under its limits");

  @ArchTest
  static final ArchRule onlyEgressKnowsTheHttpClient =
      only("io.threadmill.egress..")
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.hc..")
          .because("there is one door out, and the guard against private addresses stands there");

  @ArchTest
  static final ArchRule onlyEgressOpensUrls =
      only("io.threadmill.egress..")
          .dependOnClassesThat()
          .haveNameMatching("java\\.net\\.(URLConnection|HttpURLConnection|http\\.HttpClient)")
          .because("a second client would pass by the guard of egress");

  @ArchTest
  static final ArchRule onlyCacheKnowsCaches =
      only("io.threadmill.cache..")
          .dependOnClassesThat()
          .resideInAnyPackage("com.github.benmanes.caffeine..", "org.springframework.cache..")
          .because("what is used again is decided in one room, not by annotations all over");

  @ArchTest
  static final ArchRule onlyTelemetryKnowsActuator =
      only("io.threadmill.telemetry..", "io.threadmill.web.access..")
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.boot.actuate..")
          .because("telemetry shows how it goes; web.access only decides who may see it");

  @ArchTest
  static final ArchRule onlyTelemetryKnowsMetersAndHealth =
      only("io.threadmill.telemetry..")
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "org.springframework.boot.health..")
          .because("features report to listeners and know nothing of meters or health");

  @ArchTest
  static final ArchRule onlyWebAndDemoKnowMvc =
      only("io.threadmill.web..", "io.threadmill.demo..")
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework.web.servlet..",
              "org.springframework.web.bind..",
              "jakarta.servlet..")
          .because("HTTP is one way in; features must not know that they were called by it");

  @ArchTest
  static final ArchRule nobodyKnowsJackson2 =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml.jackson.databind..")
          .because("Jackson 3 (tools.jackson) is ours; the old one only comes with Redisson");

  private static ClassesShould only(String... rooms) {
    return noClasses().that().resideOutsideOfPackages(rooms).should();
  }
}
