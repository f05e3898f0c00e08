package io.threadmill.chaos;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time of a run in milliseconds since the epoch: the wall clock at its start, moved on by the
 * monotonic clock that all processes of a machine share. Redis's clock is the same machine's.
 *
 * @param offset nanoseconds from the monotonic clock to the wall clock
 */
record RunClock(long offset) {

  static RunClock start() {
    return new RunClock(
        TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime());
  }

  long now() {
    return at(System.nanoTime());
  }

  long at(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos + offset);
  }

  /** Waits until an instant; false when interrupted. */
  boolean waitUntil(long millis) {
    while (now() < millis) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(1, millis - now())));
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return true;
  }
}
