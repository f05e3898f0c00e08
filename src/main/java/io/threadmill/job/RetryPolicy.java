package io.threadmill.job;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often a job is tried and how long it pauses between: exponential back-off with full jitter
 * (M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog 2015): the pause before
 * attempt n+1 is uniform in {@code (0, min(cap, backoff · 2^(n-1))]}.
 *
 * @param attempts failed attempts allowed in one run, the first included
 * @param backoff upper bound of the first pause
 */
public record RetryPolicy(int attempts, Duration backoff) {

  /** However often it failed, a job is tried again within this. */
  static final Duration CAP = Duration.ofHours(1);

  public boolean allowsAnotherAfter(int failedAttempts) {
    return failedAttempts < attempts;
  }

  /** The pause after the {@code failedAttempts}-th failure, at least a millisecond. */
  public Duration pauseAfter(int failedAttempts, RandomGenerator random) {
    int doublings = Math.clamp(failedAttempts - 1, 0, 30);
    long bound = Math.min(CAP.toMillis(), backoff.toMillis() << doublings);
    return Duration.ofMillis(bound <= 1 ? 1 : random.nextLong(1, bound + 1));
  }
}
