package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two instances as real processes; one of them, or Redis under both, freezes beyond the lease. */
@Timeout(300)
class FreezeIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  private RedisServer redis;

  @BeforeEach
  void start() {
    redis = RedisServer.start(folder.resolve("redis"));
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  private ServiceProcess launch(String name, String... settings) {
    var all = new ArrayList<>(List.of(settings));
    all.add("--spring.data.redis.url=" + redis.uri());
    return ServiceProcess.launch(folder.resolve(name), all.toArray(String[]::new));
  }

  private static void awaitReady(ServiceProcess... services) {
    for (ServiceProcess service : services) {
      await().atMost(Duration.ofSeconds(90)).until(service::isReady);
    }
  }

  private static List<String> submit(ServiceProcess service, int jobs, String wait) {
    var locations = new ArrayList<String>();
    for (int i = 0; i < jobs; i++) {
      var answer =
          service.post(
              "/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"wait\":\"%s\"}}".formatted(wait));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      locations.add(answer.headers().firstValue("Location").orElseThrow());
    }
    return locations;
  }

  private static JsonNode awaitEnd(ServiceProcess service, String job) {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> ServiceProcess.json(service.get(job)),
            read -> read.path("finishedAt").isString());
  }

  private static List<String> outcomes(JsonNode job) {
    return job.path("attempts")
        .valueStream()
        .map(attempt -> attempt.path("outcome").asString(""))
        .toList();
  }

  @Test
  void aFrozenInstanceThatWakesIsRefusedAndGoesOn() {
    String[] lease = {"--threadmill.queue.lease=3s", "--threadmill.queue.beat=1s"};
    try (var first = launch("a", lease)) {
      awaitReady(first);
      submit(first, 2, "1h"); // these it still runs when it wakes
      await().atMost(SOON).until(() -> first.meter("threadmill_jobs_held") == 2);
      try (var second = launch("b", lease)) {
        awaitReady(second);
        freezeAndWake(first, second);
      }
    }
  }

  private static void freezeAndWake(ServiceProcess first, ServiceProcess second) {
    List<String> jobs = submit(first, 10, "4s");
    await()
        .atMost(SOON)
        .until(
            () -> first.meter("threadmill_jobs_held") + second.meter("threadmill_jobs_held") == 12);
    double held = first.meter("threadmill_jobs_held");
    first.freeze();
    try {
      for (String job : jobs) {
        assertThat(awaitEnd(second, job).path("state").asString()).isEqualTo("succeeded");
      }
      assertThat(second.meter("threadmill_jobs_recovered_total")).isEqualTo(held);
    } finally {
      first.thaw();
    }
    await().atMost(SOON).until(() -> first.meter("threadmill_outcomes_fenced_total") == held);
    await().atMost(SOON).until(() -> first.meter("threadmill_jobs_held") == 0);
    assertThat(first.meter("threadmill_leases_lost_total")).isGreaterThanOrEqualTo(2);
    for (String job : jobs) {
      List<String> outcomes = outcomes(ServiceProcess.json(second.get(job)));
      assertThat(outcomes.stream().filter("succeeded"::equals)).hasSize(1);
      assertThat(outcomes).isSubsetOf("lost", "succeeded");
    }
    second.kill();
    String next = submit(first, 1, "1ms").getFirst();
    assertThat(outcomes(awaitEnd(first, next))).containsExactly("succeeded");
  }

  @Test
  void whenRedisFreezesBeyondTheLeaseNobodyLosesAJob() {
    try (var first = launch("a");
        var second = launch("b")) {
      awaitReady(first, second);
      List<String> jobs = submit(first, 12, "35s");
      await().atMost(SOON).until(() -> first.meter("threadmill_jobs_held") > 0);
      await().atMost(SOON).until(() -> second.meter("threadmill_jobs_held") > 0);
      redis.freeze();
      long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> System.nanoTime() >= until);
      assertThat(first.isReady()).isFalse();
      redis.thaw();
      long back = System.nanoTime();
      String next =
          await()
              .atMost(SOON)
              .pollInterval(Duration.ofMillis(50))
              .ignoreExceptionsMatching(fault -> fault instanceof AssertionError)
              .until(() -> tryOne(second), job -> !job.isEmpty());
      assertThat(outcomes(awaitEnd(second, next))).containsExactly("succeeded");
      assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(5));
      for (String job : jobs) {
        assertThat(outcomes(awaitEnd(second, job))).containsExactly("succeeded");
      }
      assertThat(
              first.meter("threadmill_jobs_recovered_total")
                  + second.meter("threadmill_jobs_recovered_total"))
          .isZero();
    }
  }

  private static String tryOne(ServiceProcess service) {
    var answer =
        service.post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"pool\":\"compute\"}}");
    return answer.statusCode() == 202 ? answer.headers().firstValue("Location").orElseThrow() : "";
  }
}
