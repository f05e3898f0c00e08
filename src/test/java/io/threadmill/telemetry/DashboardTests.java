package io.threadmill.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.telemetry.Dashboards.Dashboard;
import io.threadmill.telemetry.Dashboards.Query;
import io.threadmill.telemetry.PromQl.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** Holds the dashboards to the meters and to what a reader needs; they need no Grafana for it. */
class DashboardTests {

  /** Labels with few values, whatever clients send. */
  private static final Set<String> GROUPED =
      Set.of(
          "budget",
          "component",
          "duty",
          "instance",
          "le",
          "level",
          "map",
          "name",
          "outcome",
          "pool",
          "reason",
          "result",
          "script",
          "state",
          "type");

  /** Labels that only choose series: {@code uri} is a route's template, and never shown. */
  private static final Set<String> CHOSEN = Set.of("alertname", "alertstate", "area", "job", "uri");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");

  static Stream<Dashboard> dashboards() {
    return Dashboards.all().stream();
  }

  static Stream<Query> queries() {
    return dashboards().flatMap(dashboard -> dashboard.queries().stream());
  }

  @Test
  void thereAreFourAndEachIsKnownByItsUid() {
    assertThat(dashboards().map(Dashboard::uid))
        .containsExactlyInAnyOrder(
            "threadmill-overview", "threadmill-pools", "threadmill-queue", "threadmill-jvm");
    assertThat(dashboards().map(dashboard -> dashboard.json().path("title").asString()))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void aDashboardRefreshesAndLinksToTheOthers(Dashboard dashboard) {
    JsonNode json = dashboard.json();
    assertThat(json.path("schemaVersion").asInt()).isEqualTo(42);
    assertThat(json.path("refresh").asString()).isEqualTo("10s");
    assertThat(json.path("editable").asBoolean()).isTrue();
    assertThat(json.path("description").asString()).isNotBlank();
    assertThat(json.path("tags").valueStream().map(JsonNode::asString))
        .containsExactly("threadmill");
    JsonNode link = json.path("links").path(0);
    assertThat(link.path("tags").path(0).asString()).isEqualTo("threadmill");
    assertThat(link.path("keepTime").asBoolean()).isTrue();
    assertThat(link.path("includeVars").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void itsRowsAskForHealthRateErrorsDurationAndSaturation(Dashboard dashboard) {
    assertThat(
            dashboard.panels().stream()
                .filter(Dashboard::isRow)
                .map(row -> row.path("title").asString()))
        .startsWith("Health", "Rate", "Errors", "Duration", "Saturation")
        .hasSizeBetween(5, 6);
    assertThat(Dashboard.isRow(dashboard.panels().getFirst())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void aPanelSaysWhatItShows(Dashboard dashboard) {
    assertThat(dashboard.panels().stream().map(panel -> panel.path("id").asInt()))
        .doesNotHaveDuplicates();
    assertThat(dashboard.charts().stream().map(panel -> panel.path("title").asString()))
        .doesNotHaveDuplicates();
    for (JsonNode panel : dashboard.charts()) {
      String title = panel.path("title").asString("");
      JsonNode shown = panel.path("fieldConfig").path("defaults");
      assertThat(title).isNotBlank();
      assertThat(panel.path("description").asString("")).as(title).endsWith(".");
      assertThat(shown.path("unit").asString("")).as(title).isNotBlank();
      assertThat(shown.path("thresholds").path("steps").size()).as(title).isPositive();
      assertThat(panel.path("targets").size()).as(title).isPositive();
      for (JsonNode target : panel.path("targets")) {
        assertThat(target.path("expr").asString("")).as(title).isNotBlank();
        assertThat(target.path("legendFormat").asString("")).as(title).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void aDataSourceIsNamedByTheVariable(Dashboard dashboard) {
    assertThat(dashboard.json().findValues("datasource"))
        .isNotEmpty()
        .allSatisfy(source ->
            assertThat(source.path("uid").asString()).isIn("${datasource}", "-- Grafana --"));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsStandWithinTheGridAndNotOnEachOther(Dashboard dashboard) {
    Set<List<Integer>> taken = new HashSet<>();
    for (JsonNode panel : dashboard.panels()) {
      JsonNode at = panel.path("gridPos");
      int right = at.path("x").asInt() + at.path("w").asInt();
      assertThat(right).as(panel.path("title").asString()).isBetween(1, 24);
      for (int x = at.path("x").asInt(); x < right; x++) {
        for (int y = 0; y < at.path("h").asInt(); y++) {
          assertThat(taken.add(List.of(x, at.path("y").asInt() + y)))
              .as("%s at %d, %d", panel.path("title").asString(), x, at.path("y").asInt() + y)
              .isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everyVariableIsUsedAndEveryOneUsedIsThere(Dashboard dashboard) {
    Set<String> declared =
        dashboard.variables().stream()
            .map(variable -> variable.path("name").asString())
            .collect(Collectors.toSet());
    var used = new TreeSet<String>(Set.of("datasource"));
    dashboard
        .queries()
        .forEach(query ->
            VARIABLE
                .matcher(query.expr())
                .results()
                .map(found -> found.group(1))
                .forEach(used::add));
    used.remove("__rate_interval");
    assertThat(used).isEqualTo(declared);
    assertThat(dashboard.variables())
        .filteredOn(variable -> variable.path("type").asString().equals("query"))
        .isNotEmpty()
        .allSatisfy(variable -> {
          assertThat(variable.path("multi").asBoolean()).isTrue();
          assertThat(variable.path("includeAll").asBoolean()).isTrue();
        });
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everySelectorObeysTheVariables(Dashboard dashboard) {
    boolean byPool =
        dashboard.variables().stream()
            .anyMatch(variable -> variable.path("name").asString().equals("pool"));
    for (Query query : dashboard.queries()) {
      for (Selector selector : PromQl.selectors(query.expr())) {
        if (selector.metric().equals("ALERTS")) {
          continue; // alerts of the whole service
        }
        assertThat(selector.matchers()).as(query.where()).containsEntry("instance", "=~$instance");
        Meter meter = PromQl.ours().get(selector.metric());
        if (meter == null) {
          assertThat(selector.matchers()).as(query.where()).containsEntry("job", "=threadmill");
        } else if (meter.tags().contains("type")) {
          assertThat(selector.matchers()).as(query.where()).containsEntry("type", "=~$type");
        } else if (byPool && meter.tags().contains("pool")) {
          assertThat(selector.matchers()).as(query.where()).containsEntry("pool", "=~$pool");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("queries")
  void aQueryShowsNoLabelThatGrows(Query query) {
    assertThat(GROUPED).as(query.where()).containsAll(PromQl.groupings(query.expr()));
    for (Selector selector : PromQl.selectors(query.expr())) {
      assertThat(selector.matchers().keySet())
          .as(query.where())
          .allMatch(label -> GROUPED.contains(label) || CHOSEN.contains(label));
    }
  }

  @ParameterizedTest
  @MethodSource("queries")
  void aQueryNamesMetersThatExistAndTakesWhatIsSharedByMaximum(Query query) {
    Set<String> metrics = PromQl.metrics(query.expr());
    assertThat(PromQl.selectors(query.expr())).as(query.where()).isNotEmpty();
    assertThat(metrics)
        .filteredOn(name -> name.startsWith("threadmill_"))
        .as(query.where())
        .isSubsetOf(PromQl.ours().keySet());
    assertThat(PromQl.notByMaximum(query.expr())).as(query.where()).isEmpty();
  }

  @Test
  void everyMeterOfOursIsShownSomewhere() {
    Set<Meter> shown =
        queries()
            .flatMap(query -> PromQl.metrics(query.expr()).stream())
            .filter(PromQl.ours()::containsKey)
            .map(PromQl.ours()::get)
            .collect(Collectors.toSet());
    assertThat(shown).containsExactlyInAnyOrder(Meter.values());
  }

  @Test
  void theDocumentTellsWhichDashboardAnswersWhat() throws IOException {
    String text = Files.readString(Path.of("docs/metrics.md"));
    assertThat(
            Pattern.compile("^\\| \\[?`(threadmill-\\w+)`", Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(dashboards().map(Dashboard::uid).toList());
  }

  @Test
  void grafanaIsProvisionedWithThemAndTheirDataSource() throws IOException {
    Path folder = Path.of("deploy/grafana/provisioning");
    String sources = Files.readString(folder.resolve("datasources/prometheus.yml"));
    assertThat(new Yaml().<Map<String, Object>>load(sources).get("datasources"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .singleElement(InstanceOfAssertFactories.MAP)
        .containsEntry("uid", "prometheus")
        .containsEntry("url", "http://prometheus:9090");
    String providers = Files.readString(folder.resolve("dashboards/threadmill.yml"));
    assertThat(new Yaml().<Map<String, Object>>load(providers).get("providers"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .singleElement(InstanceOfAssertFactories.MAP)
        .extractingByKey("options", InstanceOfAssertFactories.MAP)
        .containsEntry("path", "/var/lib/grafana/dashboards");
  }
}
