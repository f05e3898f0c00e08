package io.threadmill.job;

/** A monotonic clock for durations and deadlines on this instance; tests turn it by hand. */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
  long nanos();
}
