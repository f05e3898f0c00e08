package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.RedisFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two instances as real processes: what one runs, the other can cancel. */
@Timeout(180)
class RemoteCancelIT {

  private static final int JOBS = 5;

  @TempDir Path folder;

  private ServiceProcess start(String name) {
    return ServiceProcess.start(
        folder.resolve(name), "--spring.data.redis.url=" + RedisFixture.uri());
  }

  private static JsonNode look(ServiceProcess at, String job, String... headers) {
    return ServiceProcess.json(at.get("/v1/jobs/" + job, headers));
  }

  /** The middle of some cancellations, so that one that a busy machine held up does not count. */
  @Test
  void aCancelAtAnotherInstanceReachesTheJobWithinASecond() {
    RedisFixture.flush();
    try (var one = start("one")) {
      List<String> jobs = new ArrayList<>();
      for (int i = 0; i < JOBS; i++) {
        JsonNode job =
            ServiceProcess.json(
                one.post("/v1/jobs", "{\"type\":\"rehearse\",\"params\":{\"wait\":\"10m\"}}"));
        jobs.add(job.path("id").asString());
      }
      for (String job : jobs) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> look(one, job).path("state").asString().equals("running"));
      }
      try (var two = start("two")) {
        List<Duration> took = new ArrayList<>();
        for (String job : jobs) {
          long begin = System.nanoTime();
          assertThat(two.post("/v1/jobs/" + job + "/cancel", "").statusCode()).isEqualTo(202);
          JsonNode ended = look(two, job, "Prefer", "wait=20");
          took.add(Duration.ofNanos(System.nanoTime() - begin));
          assertThat(ended.path("state").asString()).isEqualTo("cancelled");
        }
        assertThat(took.stream().sorted().skip(JOBS / 2).findFirst().orElseThrow())
            .as("of %s", took)
            .isLessThan(Duration.ofSeconds(1));
      }
    }
  }
}
