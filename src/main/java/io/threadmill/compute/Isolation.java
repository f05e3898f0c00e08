package io.threadmill.compute;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a function runs. */
public enum Isolation {
  /** On a thread of the service. */
  THREAD,
  /** In a process of its own, so that a crash costs only its own job. Not available yet. */
  PROCESS;

  @JsonValue
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Isolation> ofWireName(String name) {
    return Arrays.stream(values()).filter(one -> one.wireName().equals(name)).findFirst();
  }
}
