package io.threadmill.pool;

import io.threadmill.job.JobError;
import io.threadmill.job.JobResult;
import io.threadmill.job.Ticker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds attempts to their deadlines: an interrupt at the timeout, and where an interrupt is
 * ignored, whatever it was for, the thread is given up some seconds later: its job's ending is
 * recorded without it and another thread takes its place.
 */
final class Watchdog {

  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

  /** From the interrupt to giving the thread up; the contract allows ten seconds in all. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final Recorder recorder;
  private final EndingPolicy policy;
  private final Listeners listeners;
  private final Ticker ticker;
  private final Loop loop = new Loop("watchdog", this::step);

  Watchdog(Recorder recorder, EndingPolicy policy, Listeners listeners, Ticker ticker) {
    this.recorder = recorder;
    this.policy = policy;
    this.listeners = listeners;
    this.ticker = ticker;
  }

  void start() {
    loop.start();
  }

  void stop(Duration limit) {
    loop.stop(limit);
  }

  private Duration step() {
    check();
    return INTERVAL;
  }

  /** Looks at every attempt once. */
  void check() {
    long now = ticker.nanos();
    for (Attempt attempt : recorder.held()) {
      long left = attempt.left(now);
      if (left <= 0) {
        attempt.stop(Attempt.Stop.TIMED_OUT);
      }
      if (-left >= PATIENCE.toNanos() || attempt.ignoresStop(PATIENCE)) {
        giveUp(attempt);
      }
    }
  }

  private void giveUp(Attempt attempt) {
    Thread thread = attempt.thread();
    if (!attempt.abandon()) {
      return;
    }
    attempt.pool().loseThread();
    log.warn(
        "job {} ({}) ignores that it is to stop ({}); its thread {} is given up",
        attempt.job().id(),
        attempt.job().type(),
        attempt.stopped(),
        thread == null ? "" : thread.getName());
    listeners.threadLost(attempt.pool().name(), attempt.job());
    JobError error = EndingPolicy.timedOut(attempt.job());
    recorder.record(
        attempt, policy.decide(attempt.job(), new JobResult.Fail(error), attempt.stopped()));
  }
}
