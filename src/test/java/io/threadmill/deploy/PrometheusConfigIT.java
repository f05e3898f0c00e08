package io.threadmill.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.web.ServiceIT;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.TestPropertySource;

/**
 * The repository's Prometheus configuration against a live instance with the compose file's keys.
 */
@Timeout(120)
@TestPropertySource(
    properties = {
      "threadmill.access.keys.main=a-main-key-of-many-characters",
      "threadmill.access.keys.metrics=" + PrometheusConfigIT.KEY,
      "threadmill.access.scopes.metrics=metrics:read"
    })
class PrometheusConfigIT extends ServiceIT {

  /** For what is no call to the service. */
  private static final HttpClient PROMETHEUS = HttpClient.newHttpClient();

  static final String KEY = "a-metrics-key-of-many-characters";

  @TempDir Path folder;

  /** The configuration with this machine's paths and ports. */
  private Path configuration() throws IOException {
    Path key = Files.writeString(folder.resolve("metrics-key"), KEY);
    String text =
        Compose.read("deploy/prometheus/prometheus.yml")
            .replace("/run/threadmill/metrics-key", key.toString())
            .replace("/etc/prometheus/", Path.of("deploy/prometheus").toAbsolutePath() + "/")
            .replace("threadmill-1:8080", "127.0.0.1:" + port)
            .replace("threadmill-2:8080", "127.0.0.1:" + HaproxyProcess.freePort());
    return Files.writeString(folder.resolve("prometheus.yml"), text);
  }

  @Test
  void promtoolFindsNothingWrong() throws Exception {
    var checked =
        Tool.run(
            folder.resolve("check.log"),
            Map.of(),
            List.of(
                Tool.named("promtool").toString(), "check", "config", configuration().toString()));
    assertThat(checked.code()).as(checked.output()).isZero();
  }

  @Test
  void theInstancesAreReadWithTheMetricsKey() throws Exception {
    Path prometheus = Tool.named("prometheus");
    int web = HaproxyProcess.freePort();
    Path log = folder.resolve("prometheus.log");
    Process process =
        Tool.start(
            log,
            Map.of(),
            List.of(
                prometheus.toString(),
                "--config.file=" + configuration(),
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + web));
    try {
      await("targets; " + log)
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(300))
          .ignoreExceptions()
          .untilAsserted(() -> {
            var up = query(web, "up{job=\"threadmill\"}");
            assertThat(up.get("127.0.0.1:" + port)).isEqualTo("1");
            assertThat(up).hasSize(2);
          });
      assertThat(query(web, "threadmill_pool_size")).containsOnlyKeys("127.0.0.1:" + port);
    } finally {
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Instance to value, of each one that has any. */
  private static Map<String, String> query(int web, String expression) throws Exception {
    String text = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:" + web + "/api/v1/query?query=" + text))
            .timeout(Duration.ofSeconds(5))
            .build();
    var answer = PROMETHEUS.send(request, HttpResponse.BodyHandlers.ofString());
    var found = new TreeMap<String, String>();
    json(answer)
        .path("data")
        .path("result")
        .valueStream()
        .forEach(series ->
            found.put(
                series.path("metric").path("instance").asString(),
                series.path("value").path(1).asString()));
    return found;
  }

  @Test
  void theMetricsKeyOpensNothingElse() {
    String bearer = "Bearer " + KEY;
    assertThat(get("/actuator/prometheus", "Authorization", bearer).statusCode()).isEqualTo(200);
    assertThat(get("/actuator/prometheus").statusCode()).isEqualTo(401);
    assertThat(get("/v1/jobs", "Authorization", bearer).statusCode()).isEqualTo(403);
    assertThat(post("/v1/jobs", "{}", "Authorization", bearer).statusCode()).isEqualTo(403);
    assertThat(get("/actuator/pool", "Authorization", bearer).statusCode()).isEqualTo(403);
  }

  /** The container's own start: it writes the key where the configuration looks for it. */
  @Test
  void theContainerHandsTheKeyOverAsAFileOnlyItCanRead() throws Exception {
    var service = Compose.of(Compose.read("docker-compose.yml")).service("prometheus");
    List<String> entry = service.list("entrypoint");
    String script = Compose.fill(entry.get(2), Map.of());
    assertThat(script).contains(">/run/threadmill/metrics-key;").contains("exec /bin/prometheus");
    assertThat(service.list("tmpfs").getFirst()).startsWith("/run/threadmill:");
    assertThat(Compose.read("deploy/prometheus/prometheus.yml"))
        .contains("credentials_file: /run/threadmill/metrics-key");
    Path file = folder.resolve("metrics-key");
    var ended =
        Tool.run(
            folder.resolve("entry.log"),
            Map.of("THREADMILL_METRICS_KEY", KEY),
            List.of(
                entry.get(0),
                entry.get(1),
                script
                    .replace("/run/threadmill/metrics-key", file.toString())
                    .replace("/bin/prometheus", "echo"),
                entry.get(3),
                "--one",
                "two three"));
    assertThat(ended).isEqualTo(new Tool.Ended(0, "--one two three\n"));
    assertThat(Files.readString(file)).isEqualTo(KEY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
