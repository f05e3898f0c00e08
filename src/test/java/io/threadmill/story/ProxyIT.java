package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.deploy.HaproxyProcess;
import io.threadmill.redis.RedisFixture;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two instances behind the repository's HAProxy, as docker-compose.yml sets them up. */
@Timeout(240)
class ProxyIT {

  private static final String KEY = "a-key-of-many-characters";
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir static Path folder;

  /** Shared by the tests; one that ends the first leaves it null. */
  private static ServiceProcess first;

  private static ServiceProcess second;

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger repeats = new AtomicInteger();
  private HaproxyProcess proxy;
  private int before;

  @BeforeAll
  static void flush() {
    RedisFixture.flush();
  }

  @BeforeEach
  void start() {
    first = first == null ? launch("threadmill-1") : first;
    second = second == null ? launch("threadmill-2") : second;
    await().atMost(Duration.ofSeconds(90)).until(() -> first.isReady() && second.isReady());
    proxy = HaproxyProcess.start(folder, first.port(), second.port());
    await().atMost(Duration.ofSeconds(20)).until(() -> proxy.health() == 200);
  }

  private static ServiceProcess launch(String name) {
    return ServiceProcess.launch(
        folder.resolve(name),
        "--spring.data.redis.url=" + RedisFixture.uri(),
        "--threadmill.access.keys.main=" + KEY,
        "--threadmill.queue.max-bytes=512MB",
        "--threadmill.rehearse.enabled=true",
        "--logging.structured.format.console=ecs");
  }

  @AfterEach
  void endProxy() {
    http.close();
    if (proxy != null) {
      proxy.close();
    }
  }

  @AfterAll
  static void endInstances() {
    Stream.of(Optional.ofNullable(first), Optional.ofNullable(second))
        .flatMap(Optional::stream)
        .forEach(ServiceProcess::close);
  }

  private HttpRequest.Builder call(String path) {
    return HttpRequest.newBuilder(proxy.url(path))
        .version(HttpClient.Version.HTTP_1_1)
        .header("Authorization", "Bearer " + KEY)
        .timeout(Duration.ofSeconds(80));
  }

  private JsonNode read(String path) throws IOException, InterruptedException {
    return JSON.readTree(http.send(call(path).build(), BodyHandlers.ofString()).body());
  }

  private HttpResponse<String> submit(String wait, String... headers)
      throws IOException, InterruptedException {
    String body =
        """
        {"type":"rehearse","params":{"wait":"%s"},"retry":{"attempts":5}}\
        """
            .formatted(wait);
    var request =
        call("/v1/jobs")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String location(HttpResponse<String> accepted) {
    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    return accepted.headers().firstValue("Location").orElseThrow();
  }

  @Test
  void bothInstancesTakeCallsAndRunJobs() throws Exception {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      jobs.add(location(submit("1s"))); // more at once than one instance has places
    }
    Map<String, Integer> ranOn = new TreeMap<>();
    for (String job : jobs) {
      JsonNode ended =
          JSON.readTree(
              http.send(call(job).header("Prefer", "wait=60").build(), BodyHandlers.ofString())
                  .body());
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("succeeded");
      ranOn.merge(ended.path("attempts").path(0).path("instance").asString(), 1, Integer::sum);
    }
    assertThat(ranOn).hasSize(2);
    assertThat(proxy.log()).contains("instances/threadmill-1 ", "instances/threadmill-2 ");
    JsonNode line =
        JSON.readTree(
            first.log().lines().filter(each -> each.startsWith("{")).findFirst().orElseThrow());
    assertThat(line.path("log").path("level").asString()).isEqualTo("INFO");
  }

  @Test
  void anEventStreamComesThroughAsItHappens() throws Exception {
    String job = location(submit("1h"));
    List<String> seen = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> stream =
        http.sendAsync(call(job + "/events").build(), BodyHandlers.ofLines())
            .thenAccept(answer -> answer.body().forEach(seen::add));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> seen.stream().anyMatch(line -> line.contains("\"running\"")));
    assertThat(stream).as("the stream, while the job runs").isNotDone();
    assertThat(seen).doesNotContain("event: end");
    http.send(
        call(job + "/cancel").POST(BodyPublishers.noBody()).build(), BodyHandlers.discarding());
    stream.get(30, TimeUnit.SECONDS);
    assertThat(seen).contains("event: end").anyMatch(line -> line.contains("\"cancelled\""));
    // The others count what succeeded.
    http.send(call(job).DELETE().build(), BodyHandlers.discarding());
  }

  @Test
  void anInstanceToldToStopLosesNothingAndTheOtherGoesOn() throws Exception {
    try (ServiceProcess stopped = first) {
      first = null;
      assertAllSucceed(acceptedWhile(stopped::requestStop));
      assertThat(stopped.awaitEnd()).isEqualTo(143);
    }
  }

  @Test
  void aKilledInstanceLosesNothingAndTheOtherGoesOn() throws Exception {
    try (ServiceProcess killed = first) {
      first = null;
      assertAllSucceed(acceptedWhile(killed::kill));
    }
  }

  /**
   * Submits one job after the other as a careful client would: what was refused or broke off is
   * repeated under the same Idempotency-Key. In the middle of it something happens to an instance.
   */
  private List<String> acceptedWhile(Runnable event) throws Exception {
    before = count(".*");
    List<String> accepted = new ArrayList<>();
    CompletableFuture<Void> happened = null;
    for (int i = 0; i < 200; i++) {
      if (i == 50) {
        happened = CompletableFuture.runAsync(event);
      }
      String key = "job-" + before + "-" + i;
      HttpResponse<String> answer =
          await()
              .atMost(Duration.ofSeconds(30))
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(250))
              .until(() -> attempt(key), Optional::isPresent)
              .orElseThrow();
      accepted.add(location(answer));
    }
    Objects.requireNonNull(happened).join();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> proxy.log().contains("instances/threadmill-1 is DOWN"));
    assertThat(repeats.get()).as("repeats of 200 submissions").isLessThan(100);
    return accepted;
  }

  /** Empty where the client has to come again. */
  private Optional<HttpResponse<String>> attempt(String key) throws InterruptedException {
    try {
      HttpResponse<String> answer = submit("100ms", "Idempotency-Key", key);
      if (answer.statusCode() == 202) {
        return Optional.of(answer);
      }
      assertThat(answer.statusCode()).as(answer.body()).isIn(502, 503);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    } catch (IOException _) {
      // On a connection that has served before, the proxy just closes it.
    }
    repeats.incrementAndGet();
    return Optional.empty();
  }

  private void assertAllSucceed(List<String> jobs) throws Exception {
    assertThat(jobs).hasSize(200).doesNotHaveDuplicates();
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> count("succeeded") == count(".*"));
    for (String job : jobs) {
      assertThat(read(job).path("state").asString()).as(job).isEqualTo("succeeded");
    }
    // Not one more: what was repeated was written once.
    assertThat(count(".*") - before).isEqualTo(200);
  }

  private int count(String states) throws IOException, InterruptedException {
    return read("/v1/jobs/counts")
        .path("byState")
        .propertyStream()
        .filter(state -> state.getKey().matches(states))
        .mapToInt(state -> state.getValue().asInt())
        .sum();
  }
}
