package io.threadmill.job;

/** Asks the store how it is; for health. Thread-safe. */
public interface StoreProbe {

  /**
   * @param mode {@code embedded} or {@code external}
   * @param detail what is wrong, empty when nothing is
   */
  record Reading(boolean up, String version, String mode, long usedMemoryBytes, String detail) {}

  /** A fresh reading, within two seconds; never throws. */
  Reading probe();
}
