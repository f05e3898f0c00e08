package io.threadmill.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Holds the alert rules to the meters, to their tests and to {@code docs/metrics.md}. */
class AlertRulesTests {

  private static final Path RULES = Path.of("deploy/prometheus/rules/threadmill.yml");
  private static final Path TESTS = Path.of("deploy/prometheus/tests/threadmill.yml");

  private static final Pattern SECTION =
      Pattern.compile(
          "^### (Threadmill\\w+)\\n(.*?)(?=^#|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

  record Alert(
      String alert, String expr, Map<String, String> labels, Map<String, String> annotations) {}

  @SuppressWarnings("unchecked") // what the files hold; a wrong shape fails the test
  static Stream<Alert> alerts() {
    var groups = (List<Map<String, Object>>) read(RULES).get("groups");
    return groups.stream()
        .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
        .map(rule ->
            new Alert(
                (String) rule.get("alert"),
                (String) rule.get("expr"),
                (Map<String, String>) rule.get("labels"),
                (Map<String, String>) rule.get("annotations")));
  }

  private static Map<String, Object> read(Path file) {
    try {
      return new Yaml().load(Files.readString(file));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void anAlertSaysWhatIsWrongHowBadAndWhereToRead(Alert alert) {
    assertThat(alert.labels().get("severity")).isIn("critical", "warning");
    assertThat(alert.annotations())
        .containsOnlyKeys("summary", "description", "runbook_url")
        .containsEntry("runbook_url", "docs/metrics.md#" + alert.alert().toLowerCase(Locale.ROOT));
    assertThat(alert.annotations().get("summary")).isNotBlank();
    assertThat(alert.annotations().get("description")).endsWith(".");
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void anAlertNamesMetersThatExistAndTakesWhatIsSharedByMaximum(Alert alert) {
    Set<String> metrics = PromQl.metrics(alert.expr());
    assertThat(metrics)
        .isNotEmpty()
        .filteredOn(name -> name.startsWith("threadmill_"))
        .isSubsetOf(PromQl.ours().keySet());
    assertThat(PromQl.notByMaximum(alert.expr())).isEmpty();
  }

  @Test
  void everyAlertHasASectionAndEverySectionAnAlert() throws IOException {
    String text = Files.readString(Path.of("docs/metrics.md"));
    String section = text.substring(text.indexOf("\n## Alerts\n"));
    assertThat(SECTION.matcher(section).results().map(found -> found.group(1)))
        .containsExactlyElementsOf(alerts().map(Alert::alert).toList());
    assertThat(SECTION.matcher(section).results().map(found -> found.group(2)))
        .allSatisfy(body -> assertThat(body).contains("*Meaning:*", "*First look:*", "*Remedy:*"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void everyAlertIsShownToFireAndToKeepQuiet() {
    var fires = new HashSet<String>();
    var keepsQuiet = new HashSet<String>();
    for (Map<String, Object> test : (List<Map<String, Object>>) read(TESTS).get("tests")) {
      for (Map<String, Object> check : (List<Map<String, Object>>) test.get("alert_rule_test")) {
        boolean quiet = ((List<?>) check.get("exp_alerts")).isEmpty();
        (quiet ? keepsQuiet : fires).add((String) check.get("alertname"));
      }
    }
    List<String> all = alerts().map(Alert::alert).toList();
    assertThat(all).doesNotHaveDuplicates();
    assertThat(fires).containsExactlyInAnyOrderElementsOf(all);
    assertThat(keepsQuiet).containsExactlyInAnyOrderElementsOf(all);
  }
}
