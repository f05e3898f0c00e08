package io.threadmill.rehearse;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The ways an attempt can be told to fail. */
enum RehearsedError {
  EXCEPTION,
  TERMINAL,
  STACK_OVERFLOW,
  HANG,
  IGNORE_INTERRUPT,
  EXIT,
  OUT_OF_MEMORY;

  String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it would end the JVM it runs in, so that it may run in a worker process only. */
  boolean endsTheProcess() {
    return switch (this) {
      case EXIT, OUT_OF_MEMORY -> true;
      case EXCEPTION, TERMINAL, STACK_OVERFLOW, HANG, IGNORE_INTERRUPT -> false;
    };
  }

  static Optional<RehearsedError> ofWireName(String name) {
    return Arrays.stream(values()).filter(error -> error.wireName().equals(name)).findFirst();
  }

  static String names() {
    return Arrays.stream(values()).map(RehearsedError::wireName).collect(Collectors.joining(", "));
  }
}
