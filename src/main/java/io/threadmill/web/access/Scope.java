package io.threadmill.web.access;

import java.util.Arrays;
import java.util.Optional;

/** What a key may be allowed to do. */
enum Scope {
  JOBS_READ("jobs:read"),
  JOBS_WRITE("jobs:write"),
  ADMIN("admin"),
  METRICS_READ("metrics:read");

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  static Optional<Scope> of(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
  }
}
