package io.threadmill.job;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A monotonic clock for durations and deadlines on this instance, and short pauses by it; tests
 * turn it by hand.
 */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
  long nanos();

  /** Pauses the calling thread so long, less where it is interrupted, and keeps its interrupt. */
  default void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }
}
