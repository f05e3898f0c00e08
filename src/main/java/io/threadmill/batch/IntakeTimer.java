package io.threadmill.batch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the batches whose items still come, once a second, each on a thread of its own, so
 * that one whose call takes long holds up no other. Thread-safe.
 */
final class IntakeTimer implements AutoCloseable {

  private static final Duration PACE = Duration.ofSeconds(1);

  private final ScheduledExecutorService timer;
  private final ExecutorService threads;
  private final Set<Intake> open = ConcurrentHashMap.newKeySet();

  /** Both end with it. */
  IntakeTimer(ScheduledExecutorService timer, ExecutorService threads) {
    this.timer = timer;
    this.threads = threads;
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(
            this::round, PACE.toMillis(), PACE.toMillis(), TimeUnit.MILLISECONDS);
  }

  void add(Intake intake) {
    open.add(intake);
  }

  void remove(Intake intake) {
    open.remove(intake);
  }

  private void round() {
    open.forEach(intake -> threads.execute(intake::tend));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    threads.shutdownNow();
  }
}
