package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.threadmill.job.JobContext;
import io.threadmill.job.JobError;
import io.threadmill.job.JobHandler;
import io.threadmill.job.JobId;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Attempt;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.redis.RedisFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** The whole path on a real Redis: submit, take, run, record; deadlines, cancellation, drain. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@DirtiesContext
@Timeout(60)
class WorkerIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Autowired Jobs jobs;
  @Autowired InstanceWorker worker;
  @Autowired JsonMapper mapper;
  @Autowired Behaviour behaviour;
  @Autowired TurnableTicker ticker;

  @DynamicPropertySource
  static void redis(DynamicPropertyRegistry registry) {
    registry.add("spring.data.redis.url", RedisFixture.uri()::toString);
    registry.add("threadmill.queue.beat", () -> "500ms");
  }

  @BeforeAll
  static void flush() {
    RedisFixture.flush();
  }

  record Params(String does, @Nullable String pool) {}

  /** A ticker that tests may turn ahead of the machine's. */
  static final class TurnableTicker implements io.threadmill.job.Ticker {
    private final AtomicLong ahead = new AtomicLong();

    @Override
    public long nanos() {
      return System.nanoTime() + ahead.get();
    }

    void turn(Duration by) {
      ahead.addAndGet(by.toNanos());
    }
  }

  /** A handler that does what its params say. */
  static final class Behaviour implements JobHandler<Params> {
    final Map<JobId, CountDownLatch> entered = new ConcurrentHashMap<>();
    final Set<JobId> interrupted = ConcurrentHashMap.newKeySet();
    final Map<JobId, CountDownLatch> stubborn = new ConcurrentHashMap<>();

    @Override
    public String type() {
      return "behave";
    }

    @Override
    public Class<Params> paramsType() {
      return Params.class;
    }

    @Override
    public String pool(Params params) {
      return params.pool() == null ? "scrape" : params.pool();
    }

    CountDownLatch entered(JobId id) {
      return entered.computeIfAbsent(id, _ -> new CountDownLatch(1));
    }

    CountDownLatch stubborn(JobId id) {
      return stubborn.computeIfAbsent(id, _ -> new CountDownLatch(1));
    }

    @Override
    public JobResult run(Params params, JobContext context) throws Exception {
      entered(context.id()).countDown();
      return switch (params.does()) {
        case "succeed" -> json("\"" + Thread.currentThread().getName() + "\"");
        case "throw" -> throw new IllegalStateException("a secret");
        case "recover" -> {
          if (context.failedAttempts() == 0) {
            yield new JobResult.Fail(JobError.retryable("flaky", "Flaky", "Once."));
          }
          yield json("\"second\"");
        }
        case "overflow" -> json(overflow(0) + "");
        case "hang" -> {
          new CountDownLatch(1).await();
          yield json("never");
        }
        case "ignore" -> {
          boolean done = false;
          while (!done) {
            try {
              stubborn(context.id()).await();
              done = true;
            } catch (InterruptedException _) {
              interrupted.add(context.id()); // and ignored, on purpose
            }
          }
          yield json("\"late\"");
        }
        case "look" -> {
          while (!context.cancelled()) {
            Thread.onSpinWait();
          }
          throw new InterruptedException("saw by itself that its time is over");
        }
        case "progress" -> {
          context.progress(1, 2, "half");
          new CountDownLatch(1).await();
          yield json("never");
        }
        case "fan-out" -> {
          List<JobSnapshot> ended = context.endedChildren();
          if (ended.isEmpty()) {
            var child =
                JobRequest.of(
                    "behave", JsonMapper.builder().build().readTree("{\"does\":\"succeed\"}"));
            context.spawn(List.of(child, child, child));
            yield new JobResult.Await();
          }
          yield json(Integer.toString(ended.size()));
        }
        default -> throw new IllegalArgumentException(params.does());
      };
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static int overflow(int depth) {
      return overflow(depth + 1) + 1;
    }

    private static JobResult json(String text) {
      return JobResult.done(JobResult.ResultBody.json(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @TestConfiguration
  static class Config {
    @Bean
    Behaviour behaviour() {
      return new Behaviour();
    }

    @Bean
    @Primary
    TurnableTicker turnableTicker() {
      return new TurnableTicker();
    }
  }

  private JobId submit(String does) {
    return submit(does, "scrape", null);
  }

  private JobId submit(String does, String pool, @Nullable Duration timeout) {
    var params = mapper.readTree("{\"does\":\"%s\",\"pool\":\"%s\"}".formatted(does, pool));
    return jobs.submit(
            new JobRequest(
                "behave",
                params,
                null,
                null,
                null,
                timeout,
                null,
                Duration.ofMillis(1),
                null,
                List.of(),
                JobOptions.DEFAULT),
            null)
        .id();
  }

  private JobSnapshot ended(JobId id) {
    return await()
        .pollDelay(Duration.ZERO) // most have ended by the time they are looked at
        .atMost(SOON)
        .until(() -> jobs.find(id).orElseThrow(), job -> job.state().finished());
  }

  @Test
  void scrapeRunsOnVirtualThreadsAndComputeOnPlatformThreads() {
    assertThat(ended(submit("succeed")).result().json()).startsWith("\"scrape-");
    assertThat(ended(submit("succeed", "compute", null)).result().json()).startsWith("\"compute-");
  }

  @Test
  void aThrowingHandlerFailsItsJobAfterItsAttemptsAndSaysNothingOfItsMessage() {
    JobSnapshot job = ended(submit("throw"));
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.attempts())
        .extracting(Attempt::outcome)
        .containsExactly("failed", "failed", "failed");
    assertThat(job.error().slug()).isEqualTo("handler-exception");
    assertThat(job.toString()).doesNotContain("a secret");
    assertThat(worker.status().failures()).containsKey("java.lang.IllegalStateException");
  }

  @Test
  void aFailedAttemptIsFollowedByOneThatSucceeds() {
    JobSnapshot job = ended(submit("recover"));
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly("failed", "succeeded");
  }

  @Test
  void anErrorFailsTheJobAndNotThePool() {
    JobSnapshot job = ended(submit("overflow", "compute", null));
    assertThat(job.error().slug()).isEqualTo("handler-error");
    assertThat(job.attempts()).hasSize(1);
    assertThat(ended(submit("succeed", "compute", null)).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void aHangingAttemptIsInterruptedAtItsTimeout() {
    JobSnapshot job = ended(submit("hang", "scrape", Duration.ofMillis(200)));
    assertThat(job.error().slug()).isEqualTo("timed-out");
    assertThat(job.attempts()).hasSize(3);
  }

  @Test
  void anAttemptThatSeesItsTimeoutBeforeTheWatchdogDoesHasTimedOutToo() {
    for (int i = 0; i < 5; i++) { // the watchdog looks ten times a second: it seldom comes first
      JobSnapshot job = ended(submit("look", "compute", Duration.ofMillis(20)));
      assertThat(job.attempts())
          .extracting(attempt -> attempt.error().slug())
          .containsOnly("timed-out");
    }
  }

  @Test
  void aCancelledJobThatIgnoresItsInterruptEndsCancelled() throws Exception {
    JobId id = submit("ignore", "scrape", Duration.ofMinutes(5));
    behaviour.entered(id).await();
    assertThat(jobs.cancel(id)).isEqualTo(CancelAnswer.REQUESTED);
    await().atMost(SOON).until(() -> behaviour.interrupted.contains(id));
    assertThat(jobs.find(id).orElseThrow().state()).isEqualTo(JobState.RUNNING);
    ticker.turn(Watchdog.PATIENCE); // from the cancel, long before its timeout
    JobSnapshot job = ended(id);
    assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly("cancelled");
    assertThat(lost("scrape")).isEqualTo(1);
    behaviour.stubborn(id).countDown();
    await().atMost(SOON).until(() -> lost("scrape") == 0);
  }

  @Test
  void aThreadThatIgnoresItsInterruptIsGivenUpAndReplaced() throws Exception {
    JobId id = submit("ignore", "compute", Duration.ofMinutes(5));
    behaviour.entered(id).await();
    ticker.turn(Duration.ofMinutes(5).plus(Watchdog.PATIENCE));
    await()
        .atMost(SOON)
        .until(() -> jobs.find(id).orElseThrow().attempts().getFirst().outcome() != null);
    jobs.cancel(id);
    assertThat(lost("compute")).isPositive();
    assertThat(ended(submit("succeed", "compute", null)).state()).isEqualTo(JobState.SUCCEEDED);
    behaviour.stubborn(id).countDown();
    await().atMost(SOON).until(() -> lost("compute") == 0);
  }

  private int lost(String pool) {
    return worker.snapshots().stream()
        .filter(snapshot -> snapshot.name().equals(pool))
        .mapToInt(PoolSnapshot::lost)
        .sum();
  }

  @Test
  void aRunningJobIsCancelledWithinASecondOrSo() throws Exception {
    JobId id = submit("hang");
    behaviour.entered(id).await();
    assertThat(jobs.cancel(id)).isEqualTo(CancelAnswer.REQUESTED);
    assertThat(ended(id).state()).isEqualTo(JobState.CANCELLED);
    assertThat(jobs.find(id).orElseThrow().attempts())
        .extracting(Attempt::outcome)
        .containsExactly("cancelled");
  }

  @Test
  void progressIsSeenWhileTheJobRuns() throws Exception {
    JobId id = submit("progress");
    await()
        .atMost(SOON)
        .until(() ->
            new JobSnapshot.Progress(1, 2, "half").equals(jobs.find(id).orElseThrow().progress()));
    jobs.cancel(id);
  }

  @Test
  void aParentEndsWithWhatItsChildrenGave() {
    JobSnapshot job = ended(submit("fan-out"));
    assertThat(job.result().json()).isEqualTo("3");
    assertThat(job.attempts())
        .extracting(Attempt::outcome)
        .containsExactly("released", "succeeded");
  }

  @Test
  void manyJobsAllEndOnce() {
    var ids = java.util.stream.IntStream.range(0, 500).mapToObj(_ -> submit("succeed")).toList();
    for (JobId id : ids) {
      JobSnapshot job = ended(id);
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.attempts()).hasSize(1);
    }
  }
}
