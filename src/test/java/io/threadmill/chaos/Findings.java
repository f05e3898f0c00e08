package io.threadmill.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a check looked at and what it found wrong. One thread. */
final class Findings {

  private static final int MOST_KEPT = 20;

  private final String what;
  private final List<String> violations = new ArrayList<>();
  private int looked;
  private int wrong;

  /**
   * @param what what is counted as looked at, such as {@code jobs}
   */
  Findings(String what) {
    this.what = what;
  }

  void looked() {
    looked++;
  }

  void violation(String text, Object... arguments) {
    wrong++;
    if (violations.size() < MOST_KEPT) {
      violations.add(String.format(Locale.ROOT, text, arguments));
    }
  }

  /** Something wrong unless the condition holds; either way it was looked at. */
  void require(boolean holds, String text, Object... arguments) {
    looked++;
    if (!holds) {
      violation(text, arguments);
    }
  }

  boolean nothingToLookAt() {
    return looked == 0;
  }

  int looks() {
    return looked;
  }

  int wrong() {
    return wrong;
  }

  List<String> violations() {
    return violations;
  }

  String seen() {
    return looked + " " + what;
  }
}
