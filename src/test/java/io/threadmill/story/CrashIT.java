package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.RedisFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Instances killed and stopped in the middle of work, as real processes. */
@Timeout(180)
class CrashIT {

  /** Lease, sweep and a slow machine. */
  private static final Duration RECOVERY = Duration.ofSeconds(60);

  @TempDir Path folder;

  @BeforeEach
  void flush() {
    RedisFixture.flush();
  }

  private static String shared() {
    return "--spring.data.redis.url=" + RedisFixture.uri();
  }

  private static List<String> submit(ServiceProcess service, int jobs, String wait) {
    var locations = new ArrayList<String>();
    for (int i = 0; i < jobs; i++) {
      var answer =
          service.post(
              "/v1/jobs",
              """
              {"type":"rehearse","params":{"wait":"%s","result":%d}}\
              """
                  .formatted(wait, i));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      locations.add(answer.headers().firstValue("Location").orElseThrow());
    }
    return locations;
  }

  private static void awaitAllSucceed(ServiceProcess service, List<String> locations) {
    for (int i = 0; i < locations.size(); i++) {
      String location = locations.get(i);
      JsonNode job =
          await()
              .atMost(RECOVERY)
              .pollInterval(Duration.ofMillis(200))
              .until(
                  () -> ServiceProcess.json(service.get(location)),
                  read -> read.path("finishedAt").isString());
      assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
      assertThat(job.path("result").asInt()).isEqualTo(i);
      long succeeded =
          job.path("attempts")
              .valueStream()
              .filter(attempt -> "succeeded".equals(attempt.path("outcome").asString()))
              .count();
      assertThat(succeeded).isEqualTo(1);
    }
    JsonNode counts = ServiceProcess.json(service.get("/v1/jobs/counts")).path("byState");
    assertThat(counts.path("succeeded").asInt()).isEqualTo(locations.size());
    assertThat(counts.path("running").asInt() + counts.path("queued").asInt()).isZero();
  }

  @Test
  void whatAKilledInstanceHeldIsFinishedByTheOther() {
    try (var first = ServiceProcess.start(folder.resolve("a"), shared());
        var second = ServiceProcess.start(folder.resolve("b"), shared())) {
      List<String> jobs = submit(first, 30, "3s");
      await().atMost(Duration.ofSeconds(20)).until(() -> runningOn(first, jobs) > 0);
      first.kill();
      awaitAllSucceed(second, jobs);
    }
  }

  private static long runningOn(ServiceProcess service, List<String> jobs) {
    String itsName = "-%d-".formatted(service.pid());
    return jobs.stream()
        .map(job -> ServiceProcess.json(service.get(job)))
        .filter(job -> job.path("state").asString().equals("running"))
        .filter(job -> last(job).path("instance").asString().contains(itsName))
        .count();
  }

  private static JsonNode last(JsonNode job) {
    JsonNode attempts = job.path("attempts");
    return attempts.path(attempts.size() - 1);
  }

  @Test
  void theOnlyInstanceKilledAndStartedAgainLosesNothing() {
    List<String> jobs;
    try (var first = ServiceProcess.start(folder)) {
      jobs = submit(first, 30, "500ms");
      first.kill();
    }
    try (var again = ServiceProcess.start(folder)) {
      awaitAllSucceed(again, jobs);
    }
  }

  @Test
  void aStoppedInstanceHandsItsWorkOverAtOnce() {
    // Jobs that outlast the test, and a lease that does: only a release can hand them over.
    String lease = "--threadmill.queue.lease=10m";
    try (var first = ServiceProcess.start(folder.resolve("a"), shared(), lease)) {
      List<String> jobs = submit(first, 4, "1h");
      await().atMost(Duration.ofSeconds(20)).until(() -> runningOn(first, jobs) == 4);
      try (var second = ServiceProcess.start(folder.resolve("b"), shared(), lease)) {
        first.requestStop();
        await().atMost(RECOVERY).until(() -> releasedFrom(second, jobs) == 4);
        assertThat(first.awaitEnd()).isIn(0, 143);
        JsonNode job = ServiceProcess.json(second.get(jobs.getFirst()));
        assertThat(job.path("attempts")).hasSize(2);
        assertThat(second.post("/v1/jobs/cancel?state=running", "").body())
            .isEqualTo("{\"changed\":4}");
      }
    }
  }

  private static long releasedFrom(ServiceProcess service, List<String> jobs) {
    return jobs.stream()
        .map(job -> ServiceProcess.json(service.get(job)))
        .filter(job -> job.path("state").asString().equals("running"))
        .filter(job -> job.path("attempts").path(0).path("outcome").asString("").equals("released"))
        .count();
  }

  @Test
  void aSecondServiceInTheSameFolderRefusesToStartAndNamesTheFirst() {
    try (var first = ServiceProcess.start(folder);
        var second = ServiceProcess.launch(folder)) {
      assertThat(second.awaitEnd()).isEqualTo(1);
      assertThat(second.log())
          .contains("threadmill.redis.data-dir")
          .contains("http://127.0.0.1:" + first.port())
          .contains("spring.data.redis.url")
          .doesNotContain("\tat ");
    }
  }
}
