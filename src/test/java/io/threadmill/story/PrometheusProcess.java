package io.threadmill.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus that looks at services each second, with the repository's rules. */
final class PrometheusProcess implements AutoCloseable {

  private static final Path RULES = Path.of("deploy/prometheus/rules");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final int port;
  private final Path log;

  private PrometheusProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** What a command printed and how it ended. */
  record Ran(int exit, String output) {}

  static Ran promtool(String input, String... arguments) {
    List<String> command = Stream.concat(Stream.of("promtool"), Arrays.stream(arguments)).toList();
    try {
      Path given = Files.createTempFile("promtool", ".in");
      Path told = Files.createTempFile("promtool", ".out");
      try {
        Files.writeString(given, input);
        Process tool =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(given.toFile())
                .redirectOutput(told.toFile())
                .start();
        if (!tool.waitFor(30, TimeUnit.SECONDS)) {
          tool.destroyForcibly();
          throw new IllegalStateException(command + " did not end");
        }
        return new Ran(tool.exitValue(), Files.readString(told));
      } finally {
        Files.delete(given);
        Files.delete(told);
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  static PrometheusProcess start(Path folder, List<Integer> ports) {
    String targets =
        ports.stream().map(port -> "'127.0.0.1:" + port + "'").collect(Collectors.joining(", "));
    String config =
        """
        global:
          scrape_interval: 1s
          evaluation_interval: 1s
        rule_files:
          - %s/*.yml
        scrape_configs:
          - job_name: threadmill
            metrics_path: /actuator/prometheus
            static_configs:
              - targets: [%s]
        """
            .formatted(RULES.toAbsolutePath(), targets);
    int port = freePort();
    try {
      Files.createDirectories(folder);
      Path log = folder.resolve("prometheus.log");
      Process process =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + Files.writeString(folder.resolve("prometheus.yml"), config),
                  "--storage.tsdb.path=" + folder.resolve("tsdb"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new PrometheusProcess(process, port, log);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** Its first scrape comes some seconds after its start. */
  void awaitTargets(int count) {
    Awaitility.await("targets up")
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(250))
        .ignoreException(UncheckedIOException.class) // it does not listen yet
        .until(() -> hasValue("sum(up) == " + count));
  }

  /** Whether the query has an answer with at least one number. */
  boolean hasValue(String expr) {
    JsonNode answer = get("/api/v1/query?query=" + encoded(expr));
    if (!answer.path("status").asString().equals("success")) {
      throw new IllegalStateException(expr + ": " + answer);
    }
    return answer
        .path("data")
        .path("result")
        .valueStream()
        .anyMatch(series -> !series.path("value").path(1).asString().equals("NaN"));
  }

  /** The values that a label has among the series of a selector. */
  List<String> labelValues(String selector, String label) {
    return get("/api/v1/label/" + label + "/values?match[]=" + encoded(selector))
        .path("data")
        .valueStream()
        .map(JsonNode::asString)
        .toList();
  }

  /** Alerts that are {@code firing} or {@code pending} now, by name. */
  List<String> alerts(String state) {
    return get("/api/v1/alerts")
        .path("data")
        .path("alerts")
        .valueStream()
        .filter(alert -> alert.path("state").asString().equals(state))
        .map(alert -> alert.path("labels").path("alertname").asString())
        .distinct()
        .toList();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private JsonNode get(String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path.replace("[]", "%5B%5D"));
    try {
      if (!process.isAlive()) {
        throw new IllegalStateException("Prometheus ended:\n" + Files.readString(log));
      }
      return JSON.readTree(
          HTTP.send(
                  HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
                  BodyHandlers.ofString())
              .body());
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
