package io.threadmill.chaos;

import io.threadmill.chaos.History.Stall;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes up every few milliseconds and writes down when it could not: how long this machine kept
 * anybody waiting. Bounds on time allow for these, openly and for nothing else.
 */
final class StallTicker implements AutoCloseable {

  private static final long TICK = 10;

  /** Shorter ones are any scheduler's business. */
  static final long LEAST = 50;

  private final Thread thread;

  StallTicker(RunClock clock, Recording recording) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("stall-ticker")
            .start(() -> {
              long last = clock.now();
              while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK));
                long now = clock.now();
                if (now - last - TICK >= LEAST) {
                  recording.stall(new Stall(last, now));
                }
                last = now;
              }
            });
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(1000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
