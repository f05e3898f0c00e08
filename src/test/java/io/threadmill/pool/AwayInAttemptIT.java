package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.ThreadmillApplication;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.job.Limiter;
import io.threadmill.job.ThreadmillException;
import io.threadmill.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jobs that may fail once and no more, on a Redis that goes away while they ask it for something.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AwayInAttemptIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private RedisServer redis;
  private ConfigurableApplicationContext service;
  private Needy needy;

  record Params(String needs) {}

  /** Stops in the middle of each attempt, and then asks Redis for what its params say. */
  static final class Needy implements JobHandler<Params> {
    final Semaphore entered = new Semaphore(0);
    final Semaphore goOn = new Semaphore(0);
    final Semaphore threw = new Semaphore(0);
    private final Limiter limiter;

    Needy(Limiter limiter) {
      this.limiter = limiter;
    }

    @Override
    public String type() {
      return "needy";
    }

    @Override
    public Class<Params> paramsType() {
      return Params.class;
    }

    @Override
    public String pool(Params params) {
      return "scrape";
    }

    @Override
    public JobResult run(Params params, JobContext context) throws Exception {
      entered.release();
      goOn.acquire();
      try {
        switch (params.needs()) {
          case "limit" -> limiter.acquire(Limiter.Kind.HOST, "site:80", Duration.ofSeconds(1));
          case "checkpoint" -> context.checkpoint(new byte[] {1});
          case "children" -> context.spawn(List.of(request("nothing")));
          case "too many" -> context.spawn(java.util.Collections.nCopies(2000, request("nothing")));
          default -> {}
        }
      } catch (ThreadmillException away) {
        threw.release();
        throw away;
      }
      return JobResult.done(JobResult.ResultBody.json(new byte[] {'1'}));
    }
  }

  @TestConfiguration
  static class Config {
    @Bean
    Needy needy(Limiter limiter) {
      return new Needy(limiter);
    }
  }

  @BeforeAll
  void start() {
    redis = RedisServer.start(folder);
    service =
        new SpringApplicationBuilder(ThreadmillApplication.class, Config.class)
            .web(WebApplicationType.NONE)
            .run("--spring.data.redis.url=" + redis.uri());
    needy = service.getBean(Needy.class);
  }

  @AfterAll
  void stop() {
    needy.goOn.release(100);
    service.close();
    redis.close();
  }

  private static JobRequest request(String needs) {
    return new JobRequest(
        "needy",
        JsonMapper.builder().build().readTree("{\"needs\":\"%s\"}".formatted(needs)),
        null,
        null,
        null,
        null,
        1,
        null,
        null,
        List.of(),
        JobOptions.DEFAULT);
  }

  private JobId running(String needs) throws Exception {
    needy.entered.drainPermits();
    needy.goOn.drainPermits();
    needy.threw.drainPermits();
    JobId id = service.getBean(Jobs.class).submit(request(needs), null).id();
    needy.entered.acquire();
    return id;
  }

  private JobSnapshot ended(JobId id) {
    return await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () -> service.getBean(Jobs.class).find(id).orElseThrow(),
            job -> job.state().finished());
  }

  private void assertHandedBackOnceAndDone(JobId id) {
    JobSnapshot job = ended(id);
    assertThat(job.state()).as(job.toString()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.attempts())
        .extracting(Attempt::outcome)
        .containsExactly("released", "succeeded");
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit", "checkpoint", "children"})
  void anAttemptThatFindsRedisAwayIsHandedBackUncounted(String needs) throws Exception {
    JobId id = running(needs);
    redis.kill();
    try {
      needy.goOn.release();
      needy.threw.acquire();
    } finally {
      redis.restart();
    }
    needy.goOn.release(10);
    assertHandedBackOnceAndDone(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit", "checkpoint", "children"})
  void anAttemptThatFindsRedisFullIsHandedBackUncounted(String needs) throws Exception {
    JobId id = running(needs);
    redis.command("CONFIG SET maxmemory 1");
    try {
      needy.goOn.release();
      needy.threw.acquire();
    } finally {
      redis.command("CONFIG SET maxmemory 0");
    }
    needy.goOn.release(10);
    assertHandedBackOnceAndDone(id);
  }

  @Test
  void whatNoWaitingMakesPossibleFailsTheJob() throws Exception {
    JobId id = running("too many");
    needy.goOn.release();
    assertThat(ended(id).error().slug()).isEqualTo("handler-exception");
  }
}
