package io.threadmill.pool;

import io.threadmill.job.Ticker;

/** Successes a second over the last ten whole seconds. Thread-safe. */
final class Goodput {

  private static final int SECONDS = 10;

  private final Ticker ticker;
  private final long[] counts = new long[SECONDS + 1]; // guarded by this
  private long second = Long.MIN_VALUE; // guarded by this

  Goodput(Ticker ticker) {
    this.ticker = ticker;
  }

  synchronized void count() {
    advance();
    counts[index(second)]++;
  }

  synchronized double perSecond() {
    advance();
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return (sum - counts[index(second)]) / (double) SECONDS;
  }

  private void advance() {
    long now = Math.floorDiv(ticker.nanos(), 1_000_000_000L);
    long from = Math.max(second + 1, now - SECONDS);
    for (long passed = from; passed <= now; passed++) {
      counts[index(passed)] = 0;
    }
    second = Math.max(second, now);
  }

  private int index(long at) {
    return (int) Math.floorMod(at, (long) counts.length);
  }
}
