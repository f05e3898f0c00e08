package io.threadmill.job;

import java.util.ArrayList;
import java.util.List;

/** Collects the faults of one request. Not thread-safe. */
public final class Violations {

  /** More than this many faults in one request help nobody. */
  private static final int MAX = 50;

  /** One fault: where (a JSON Pointer, RFC 6901) and what would be right. */
  public record Violation(String pointer, String detail) {}

  private final List<Violation> found = new ArrayList<>();
  private final String prefix;

  /** Collects faults whose pointers start with {@code prefix}. */
  public Violations(String prefix) {
    this.prefix = prefix;
  }

  public void add(String pointer, String detail) {
    if (found.size() < MAX) {
      found.add(new Violation(prefix + pointer, detail));
    }
  }

  public boolean isEmpty() {
    return found.isEmpty();
  }

  public List<Violation> list() {
    return List.copyOf(found);
  }

  /** One path segment escaped for a pointer (RFC 6901, section 3). */
  public static String escape(String segment) {
    return segment.replace("~", "~0").replace("/", "~1");
  }
}
