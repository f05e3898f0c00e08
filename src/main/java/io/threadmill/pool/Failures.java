package io.threadmill.pool;

import java.util.Map;
import java.util.TreeMap;

/** Counts what escaped handlers, by class name. Thread-safe. */
final class Failures {

  /** Names kept apart; what comes later counts as {@code other}. */
  private static final int MOST = 50;

  private final Map<String, Long> counts = new TreeMap<>(); // guarded by this

  synchronized void count(Throwable fault) {
    String name = fault.getClass().getName();
    if (counts.size() >= MOST && !counts.containsKey(name)) {
      name = "other";
    }
    counts.merge(name, 1L, Long::sum);
  }

  synchronized Map<String, Long> snapshot() {
    return Map.copyOf(counts);
  }
}
