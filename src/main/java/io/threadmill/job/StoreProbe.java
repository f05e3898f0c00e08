package io.threadmill.job;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the store how it is; for health and gauges. Thread-safe. */
public interface StoreProbe {

  /**
   * @param mode {@code embedded} or {@code external}
   * @param detail what is wrong, empty when nothing is
   */
  record Reading(
      boolean up, String version, String mode, long usedMemoryBytes, String detail, Load load) {

    public Reading(boolean up, String version, String mode, long usedMemoryBytes, String detail) {
      this(up, version, mode, usedMemoryBytes, detail, Load.UNKNOWN);
    }
  }

  /**
   * How full the store is. Immutable.
   *
   * @param memoryLimitBytes the server's own limit, 0 for none
   * @param budgets which part of a budget is used, from 0 to 1 and above, by the budget's name
   * @param oldestReady per pool, how long the job has been ready that waits longest
   * @param scheduleLag how long the job has been due that should have been queued first
   */
  record Load(
      long memoryLimitBytes,
      Map<String, Double> budgets,
      Map<String, Duration> oldestReady,
      @Nullable Duration scheduleLag) {

    /** Nothing is known. */
    public static final Load UNKNOWN = new Load(0, Map.of(), Map.of(), null);

    public Load {
      budgets = Map.copyOf(budgets);
      oldestReady = Map.copyOf(oldestReady);
    }
  }

  /** A fresh reading, within two seconds; never throws. */
  Reading probe();
}
