package io.threadmill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.redis.RedisFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two instances as real processes: what one fetched, the other need not. */
@Timeout(180)
class SharedHitsIT {

  @TempDir Path folder;

  private ServiceProcess start(String name) {
    return ServiceProcess.start(
        folder.resolve(name),
        "--spring.data.redis.url=" + RedisFixture.uri(),
        "--threadmill.egress.allow=127.0.0.0/8");
  }

  private static JsonNode scrape(ServiceProcess at, CountingSite site) {
    return ServiceProcess.json(
        at.post(
            "/v1/jobs",
            "{\"type\":\"scrape\",\"params\":{\"url\":\"%s\"}}"
                .formatted(site.url("/page?header=Cache-Control:%20max-age=600")),
            "Prefer",
            "wait=30"));
  }

  @Test
  void whatOneInstanceFetchedTheOtherAnswersUntilItIsEvictedAtEither() {
    RedisFixture.flush();
    try (var site = new CountingSite();
        var one = start("one");
        var two = start("two")) {
      // Either instance may take a job, whichever it was posted to: enough of them for both.
      assertThat(scrape(one, site).path("cache").asString()).isEqualTo("miss");
      var instances = new TreeSet<String>();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            JsonNode job = scrape(instances.size() % 2 == 0 ? two : one, site);
            assertThat(job.path("cache").asString()).isEqualTo("hit");
            instances.add(job.path("attempts").path(0).path("instance").asString());
            return instances.size() == 2;
          });
      assertThat(site.requests("/page")).isEqualTo(1);
      assertThat(one.delete("/actuator/caches/responses").statusCode()).isEqualTo(204);
      await() // the message to the other instance is on its way
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> scrape(two, site).path("result").path("title").asString().equals("answer 2"));
      assertThat(site.requests("/page")).isEqualTo(2);
    }
  }
}
