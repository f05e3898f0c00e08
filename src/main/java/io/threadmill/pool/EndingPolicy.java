package io.threadmill.pool;

import io.threadmill.job.DurationText;
import io.threadmill.job.Ending;
import io.threadmill.job.JobError;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobResult;
import io.threadmill.job.TakenJob;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an attempt's result means for its job: a function of the job, the result and why it
 * was told to stop, apart from the jitter of its pauses. Thread-safe if its random source is.
 */
final class EndingPolicy {

  /** A pause asked for by an upstream is kept to, up to this. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  /** Handed-back work is not taken again faster than this, so that it cannot spin. */
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

  private final RandomGenerator random;

  EndingPolicy(RandomGenerator random) {
    this.random = random;
  }

  Ending decide(TakenJob job, JobResult result, Attempt.@Nullable Stop stop) {
    if (stop != null) {
      switch (stop) {
        case CANCELLED -> {
          if (!(result instanceof JobResult.Done)) {
            return new Ending.Cancelled();
          }
        }
        case TIMED_OUT -> {
          if (!(result instanceof JobResult.Done)) {
            return failure(job, timedOut(job), Duration.ZERO);
          }
        }
        case DRAINED, LEASE_LOST -> {
          if (result instanceof JobResult.Fail || result instanceof JobResult.Retry) {
            return new Ending.Released(Duration.ZERO);
          }
        }
      }
    }
    return switch (result) {
      case JobResult.Done(JobResult.ResultBody body, JobResult.CacheUse cache) ->
          body.bytes().length > JobLimits.MAX_RESULT_BYTES
              ? new Ending.Failed(tooLarge(body))
              : new Ending.Succeeded(body, cache);
      case JobResult.Fail(JobError error) -> failure(job, error, Duration.ZERO);
      case JobResult.Retry(JobError error, Duration after) -> failure(job, error, after);
      case JobResult.Later(Duration after, String _) ->
          new Ending.Released(clamp(after, SHORTEST_PAUSE));
      case JobResult.Await _ -> new Ending.Awaiting();
      case JobResult.Join(String work) -> new Ending.Joining(work);
    };
  }

  private Ending failure(TakenJob job, JobError error, Duration after) {
    int failed = job.failedAttempts() + 1;
    if (!error.retryable() || !job.retry().allowsAnotherAfter(failed)) {
      return new Ending.Failed(error);
    }
    Duration pause = job.retry().pauseAfter(failed, random);
    return new Ending.Retried(error, clamp(after, pause));
  }

  private static Duration clamp(Duration asked, Duration least) {
    Duration pause = asked.compareTo(least) < 0 ? least : asked;
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  static JobError timedOut(TakenJob job) {
    return JobError.retryable(
        "timed-out",
        "The attempt ran out of time",
        "The attempt did not end within its timeout of "
            + DurationText.format(job.timeout())
            + ".");
  }

  private static JobError tooLarge(JobResult.ResultBody body) {
    return JobError.terminal(
        "result-too-large",
        "The result is too large to keep",
        "The result has %d bytes; at most %d are kept."
            .formatted(body.bytes().length, JobLimits.MAX_RESULT_BYTES));
  }
}
