package io.threadmill.demo;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Counts requests by key. Remembers the newest 1000 keys. Safe for many threads. */
final class Flakiness {

  /** Enough for a test run; a stranger who invents keys costs no more memory than this. */
  static final int KEYS = 1000;

  private final SequencedMap<String, Integer> counts = new LinkedHashMap<>();

  /** How many requests there have been for the key, with this one. */
  synchronized int count(String key) {
    int count = counts.merge(key, 1, Integer::sum);
    if (counts.size() > KEYS) {
      counts.pollFirstEntry();
    }
    return count;
  }
}
