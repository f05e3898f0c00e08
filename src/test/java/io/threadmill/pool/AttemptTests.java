package io.threadmill.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.JobSnapshot.Progress;
import io.threadmill.pool.Attempt.Stop;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

class AttemptTests {

  private long now;

  private final Attempt attempt =
      new Attempt(
          EndingPolicyTests.aTakenJob(0),
          new ManagedPool("p", 1, 4, 2, new ThreadPoolTaskExecutor(), new Goodput(() -> 0L)),
          () -> now);

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void aStopInterruptsTheThreadThatRunsIt() {
    assertThat(attempt.enter()).isTrue();
    attempt.stop(Stop.CANCELLED);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempt.stopped()).isEqualTo(Stop.CANCELLED);
  }

  @Test
  void aLateStopDoesNotReachTheThreadsNextJob() {
    attempt.enter();
    assertThat(attempt.leave()).isTrue();
    attempt.stop(Stop.TIMED_OUT);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(attempt.stopped()).isNull();
  }

  @Test
  void theFirstReasonStays() {
    attempt.enter();
    attempt.stop(Stop.CANCELLED);
    attempt.stop(Stop.TIMED_OUT);
    assertThat(attempt.stopped()).isEqualTo(Stop.CANCELLED);
  }

  @Test
  void anAttemptStoppedBeforeItBeganDoesNotBegin() {
    attempt.stop(Stop.DRAINED);
    assertThat(attempt.enter()).isFalse();
  }

  @Test
  void anAbandonedAttemptLeavesWithoutAnEnding() {
    attempt.enter();
    assertThat(attempt.abandon()).isTrue();
    assertThat(attempt.abandon()).isFalse();
    assertThat(attempt.leave()).isFalse();
    assertThat(attempt.abandoned()).isTrue();
  }

  @Test
  void whatWasToldToStopIsGivenTimeToFromThatMomentOn() {
    attempt.enter();
    now = 50;
    assertThat(attempt.ignoresStop(Duration.ofNanos(10))).isFalse();
    attempt.stop(Stop.CANCELLED);
    now = 59;
    attempt.stop(Stop.TIMED_OUT);
    assertThat(attempt.ignoresStop(Duration.ofNanos(10))).isFalse();
    now = 60;
    assertThat(attempt.ignoresStop(Duration.ofNanos(10))).isTrue();
    attempt.leave();
    assertThat(attempt.ignoresStop(Duration.ofNanos(10))).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aLostLeaseIsToldOnceAndStopsTheAttempt() {
    attempt.enter();
    assertThat(attempt.loseLease()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempt.stopped()).isEqualTo(Stop.LEASE_LOST);
    assertThat(attempt.loseLease()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void progressIsToldOnce() {
    attempt.progress(new Progress(1, 2, null));
    assertThat(attempt.untoldProgress()).isEqualTo(new Progress(1, 2, null));
    assertThat(attempt.untoldProgress()).isNull();
    assertThat(attempt.lastProgress()).isEqualTo(new Progress(1, 2, null));
  }
}
