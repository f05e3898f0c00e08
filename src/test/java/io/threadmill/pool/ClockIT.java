package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.ThreadmillApplication;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.redis.RedisFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two instances whose clocks are four hours apart, and a lease of four seconds. */
@Timeout(120)
class ClockIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static ConfigurableApplicationContext early;
  private static ConfigurableApplicationContext late;

  @TestConfiguration
  static class Early {
    @Bean
    @Primary
    InstantSource earlyClock() {
      return () -> Instant.now().minus(Duration.ofHours(2));
    }
  }

  @TestConfiguration
  static class Late {
    @Bean
    @Primary
    InstantSource lateClock() {
      return () -> Instant.now().plus(Duration.ofHours(2));
    }
  }

  @BeforeAll
  static void start() {
    RedisFixture.flush();
    early = instance(Early.class);
    late = instance(Late.class);
  }

  @AfterAll
  static void stop() {
    early.close();
    late.close();
  }

  private static ConfigurableApplicationContext instance(Class<?> clock) {
    return new SpringApplicationBuilder(ThreadmillApplication.class, WorkerIT.Config.class, clock)
        .web(WebApplicationType.NONE)
        .run(
            "--spring.data.redis.url=" + RedisFixture.uri(),
            "--threadmill.queue.lease=4s",
            "--threadmill.queue.beat=500ms",
            "--threadmill.pool.scrape.size=4");
  }

  private static JobId submit(
      ConfigurableApplicationContext instance, String does, @Nullable Duration delay) {
    JsonNode params = JsonMapper.builder().build().readTree("{\"does\":\"%s\"}".formatted(does));
    return instance
        .getBean(Jobs.class)
        .submit(
            new JobRequest(
                "behave",
                params,
                null,
                delay,
                null,
                null,
                null,
                Duration.ofMillis(500),
                null,
                List.of(),
                JobOptions.DEFAULT),
            null)
        .id();
  }

  private static JobSnapshot ended(JobId id) {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> early.getBean(Jobs.class).find(id).orElseThrow(), job -> job.state().finished());
  }

  @Test
  void delaysAndRetriesGoByRedisWhicheverInstanceTakesThem() {
    for (ConfigurableApplicationContext instance : List.of(early, late)) {
      JobSnapshot delayed = ended(submit(instance, "succeed", Duration.ofSeconds(2)));
      assertThat(Duration.between(delayed.createdAt(), delayed.startedAt()))
          .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(12));
      JobSnapshot retried = ended(submit(instance, "recover", null));
      assertThat(retried.attempts())
          .extracting(Attempt::outcome)
          .containsExactly("failed", "succeeded");
      assertThat(Duration.between(retried.createdAt(), retried.finishedAt()))
          .isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void nobodyLosesALeaseToTheOthersClock() {
    List<JobId> jobs =
        java.util.stream.IntStream.range(0, 6).mapToObj(_ -> submit(early, "hang", null)).toList();
    await()
        .atMost(SOON)
        .until(() ->
            early.getBean(InstanceWorker.class).status().held()
                    + late.getBean(InstanceWorker.class).status().held()
                == 6);
    long until = System.nanoTime() + Duration.ofSeconds(9).toNanos(); // two leases and a sweep
    await().atMost(SOON).until(() -> System.nanoTime() >= until);
    for (JobId id : jobs) {
      JobSnapshot job = early.getBean(Jobs.class).find(id).orElseThrow();
      assertThat(job.state()).isEqualTo(JobState.RUNNING);
      assertThat(job.attempts()).hasSize(1);
    }
    jobs.forEach(id -> assertCancelledSoon(id));
  }

  /** By whichever instance runs it, though both are asked through one of them. */
  private static void assertCancelledSoon(JobId id) {
    long begin = System.nanoTime();
    assertThat(early.getBean(Jobs.class).cancel(id)).isEqualTo(CancelAnswer.REQUESTED);
    assertThat(ended(id).state()).isEqualTo(JobState.CANCELLED);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .as("a second, and what a busy machine adds")
        .isLessThan(Duration.ofSeconds(2));
  }
}
