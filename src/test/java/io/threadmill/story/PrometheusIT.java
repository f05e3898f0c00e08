package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.deploy.Tool;
import io.threadmill.redis.RedisFixture;
import io.threadmill.story.PrometheusProcess.Ran;
import io.threadmill.telemetry.Dashboards;
import io.threadmill.telemetry.Dashboards.Dashboard;
import io.threadmill.telemetry.Dashboards.Query;
import io.threadmill.webhook.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an operator sees: a real Prometheus on two live instances under a rehearsed load. The
 * dashboards' queries have answers, the rules are good, and what is provoked is alerted.
 */
@Timeout(240)
@TestMethodOrder(OrderAnnotation.class)
class PrometheusIT {

  private static final int PLACES = 16;

  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

  @TempDir static Path folder;

  private static @Nullable ServiceProcess first;
  private static @Nullable ServiceProcess second;
  private static @Nullable PrometheusProcess prometheus;
  private static @Nullable Receiver receiver;

  @BeforeAll
  static void start() {
    Tool.named("prometheus");
    Tool.named("promtool");
    RedisFixture.flush();
    receiver = Receiver.answering(204);
    first = ServiceProcess.launch(folder.resolve("a"), settings());
    second = ServiceProcess.launch(folder.resolve("b"), settings());
    prometheus = PrometheusProcess.start(folder.resolve("p"), List.of(first.port(), second.port()));
    for (ServiceProcess service : List.of(first, second)) {
      await("readiness")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .until(service::isReady);
    }
    submit("{\"error\":\"ignore-interrupt\"}", ",\"timeout\":\"1s\",\"retry\":{\"attempts\":1}");
    prometheus.awaitTargets(2);
  }

  private static String[] settings() {
    return new String[] {
      "--spring.data.redis.url=" + RedisFixture.uri(),
      "--threadmill.pool.scrape.size=" + PLACES,
      "--threadmill.queue.lease=6s",
      "--threadmill.queue.beat=1s",
      "--threadmill.egress.allow=127.0.0.1/32",
      "--threadmill.egress.ports=80,443," + receiver.port(),
      "--threadmill.webhook.secret=whsec_" + Base64.getEncoder().encodeToString(new byte[32])
    };
  }

  @AfterAll
  static void stop() {
    try (var _ = first;
        var _ = second;
        var _ = prometheus;
        var _ = receiver) {
      // each is closed, whatever the others do; one that never started is null
    }
  }

  private static void submit(String params, String options) {
    var answer =
        first.post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":" + params + options + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  /** A little of everything, through both instances. */
  private static void load() {
    for (int i = 0; i < 4; i++) {
      submit("{\"wait\":\"20ms\"}", "");
      submit("{\"cpu\":\"5ms\",\"pool\":\"compute\"}", "");
    }
    submit("{\"error\":\"terminal\"}", "");
    submit("{}", ",\"webhook\":{\"url\":\"%s\"}".formatted(receiver.url()));
    submit("{\"failAttempts\":1}", ",\"retry\":{\"attempts\":2,\"backoff\":\"100ms\"}");
    for (ServiceProcess service : List.of(first, second)) {
      String page = service.url("/demo/products/1");
      service.post("/v1/jobs", "{\"type\":\"scrape\",\"params\":{\"url\":\"" + page + "\"}}");
      assertThat(service.post("/v1/jobs", "{\"type\":\"nothing\",\"params\":{}}").statusCode())
          .isEqualTo(422);
    }
  }

  @Test
  @Order(1)
  void everyQueryOfEveryDashboardHasAnAnswer() {
    List<Query> unanswered =
        new ArrayList<>(Dashboards.all().stream().flatMap(d -> d.queries().stream()).toList());
    assertThat(unanswered).hasSizeGreaterThan(80);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> {
          load();
          unanswered.removeIf(query -> prometheus.hasValue(filled(query.expr())));
          assertThat(unanswered).isEmpty();
        });
  }

  /** As Grafana fills the variables in when several values are chosen. */
  private static String filled(String expr) {
    return expr.replace(
            "$instance", "127.0.0.1:%d|127.0.0.1:%d".formatted(first.port(), second.port()))
        .replace("$type", "rehearse|scrape")
        .replace("${pool}", "(scrape|compute)")
        .replace("$pool", "scrape|compute")
        .replace("$__rate_interval", "15s");
  }

  @Test
  @Order(2)
  void everyVariableHasValues() {
    List<String> queries =
        Dashboards.all().stream().map(Dashboard::variableQueries).flatMap(List::stream).toList();
    assertThat(queries).isNotEmpty();
    for (String query : queries) {
      Matcher parts = LABEL_VALUES.matcher(query);
      assertThat(parts.matches()).as(query).isTrue();
      assertThat(prometheus.labelValues(parts.group(1), parts.group(2)))
          .as(query)
          .hasSizeGreaterThanOrEqualTo(2);
    }
  }

  @Test
  @Order(3)
  void ourMetersPassPromtool() {
    String page = first.get("/actuator/prometheus").body();
    String ours =
        page.lines()
            .filter(line -> line.matches("(# (HELP|TYPE) )?threadmill_.*"))
            .collect(Collectors.joining("\n", "", "\n"));
    assertThat(ours.lines().count()).isGreaterThan(100);
    assertPasses(PrometheusProcess.promtool(ours, "check", "metrics"));
  }

  @Test
  @Order(4)
  void theRulesPassPromtoolAndEachFiresInItsTest() {
    String rules = "deploy/prometheus/rules/threadmill.yml";
    assertPasses(PrometheusProcess.promtool("", "check", "rules", rules));
    String tests = "deploy/prometheus/tests/threadmill.yml";
    assertPasses(PrometheusProcess.promtool("", "test", "rules", tests));
  }

  private static void assertPasses(Ran ran) {
    assertThat(ran.exit()).as(ran.output()).isZero();
    assertThat(ran.output()).doesNotContain("FAILED");
  }

  @Test
  @Order(5)
  void alertsFireForAThreadLostAndTheJobsOfAnInstanceKilled() {
    awaitAlert("firing", "ThreadmillThreadsLost");
    assertThat(prometheus.alerts("firing"))
        .doesNotContain("ThreadmillInstanceDown", "ThreadmillJobsRecovered");
    IntStream.range(0, 3 * PLACES).forEach(_ -> submit("{\"wait\":\"1h\"}", ""));
    String instance = "127.0.0.1:" + second.port();
    await("a full instance")
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            prometheus.hasValue(
                "threadmill_jobs_held{instance=\"%s\"} >= %d".formatted(instance, PLACES - 2)));
    second.kill();
    awaitAlert("firing", "ThreadmillJobsRecovered");
    awaitAlert("pending", "ThreadmillInstanceDown"); // for a minute
  }

  private static void awaitAlert(String state, String alert) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(prometheus.alerts(state)).contains(alert));
  }
}
