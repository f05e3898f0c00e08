package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.CacheOptions;
import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobResult;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.TakenJob;
import io.threadmill.pool.Attempt.Stop;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingPolicyTests {

  private static final JobError FLAKY = JobError.retryable("flaky", "Flaky", "It flaked.");
  private static final JobError BAD = JobError.terminal("bad", "Bad", "It is bad.");

  private final EndingPolicy policy = new EndingPolicy(new SplittableRandom(1));

  static TakenJob aTakenJob(int failedAttempts) {
    return new TakenJob(
        new JobId("0".repeat(26)),
        "1-x",
        "rehearse",
        "{}",
        "scrape",
        null,
        null,
        1,
        failedAttempts + 1,
        failedAttempts,
        new RetryPolicy(3, Duration.ofSeconds(1)),
        Duration.ofSeconds(30),
        CacheOptions.DEFAULT,
        null,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private static JobResult result(String name) {
    return switch (name) {
      case "done" -> JobResult.done(JobResult.ResultBody.json(new byte[] {'1'}));
      case "huge" ->
          JobResult.done(JobResult.ResultBody.json(new byte[JobLimits.MAX_RESULT_BYTES + 1]));
      case "flaky" -> new JobResult.Fail(FLAKY);
      case "bad" -> new JobResult.Fail(BAD);
      case "later" -> new JobResult.Later(Duration.ofSeconds(9), "held");
      case "await" -> new JobResult.Await();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "done,  0,           , Succeeded",
    "done,  0, CANCELLED , Succeeded",
    "done,  0, TIMED_OUT , Succeeded",
    "done,  0, DRAINED   , Succeeded",
    "huge,  0,           , Failed",
    "flaky, 0,           , Retried",
    "flaky, 1,           , Retried",
    "flaky, 2,           , Failed",
    "bad,   0,           , Failed",
    "flaky, 0, CANCELLED , Cancelled",
    "later, 0, CANCELLED , Cancelled",
    "flaky, 0, TIMED_OUT , Retried",
    "bad,   0, TIMED_OUT , Retried",
    "flaky, 2, TIMED_OUT , Failed",
    "flaky, 2, DRAINED   , Released",
    "bad,   2, LEASE_LOST, Released",
    "later, 0,           , Released",
    "await, 0,           , Awaiting",
  })
  void decidesFromResultCountAndReason(
      String result, int failed, @Nullable Stop stop, String expected) {
    Ending ending = policy.decide(aTakenJob(failed), result(result), stop);
    assertThat(ending.getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void anUpstreamsPauseIsKeptToWhereItIsLongerThanTheBackoff() {
    Ending ending =
        policy.decide(aTakenJob(0), new JobResult.Retry(FLAKY, Duration.ofMinutes(7)), null);
    assertThat(ending).isEqualTo(new Ending.Retried(FLAKY, Duration.ofMinutes(7)));
  }

  @Test
  void anAbsurdPauseIsCut() {
    Ending ending =
        policy.decide(aTakenJob(0), new JobResult.Retry(FLAKY, Duration.ofDays(900)), null);
    assertThat(ending).isEqualTo(new Ending.Retried(FLAKY, Duration.ofDays(1)));
  }

  @Test
  void handedBackWorkCannotSpin() {
    Ending ending = policy.decide(aTakenJob(0), new JobResult.Later(Duration.ZERO, ""), null);
    assertThat(ending).isEqualTo(new Ending.Released(Duration.ofMillis(50)));
  }
}
