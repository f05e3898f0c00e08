package io.threadmill.job;

import java.util.List;

/** A request that cannot become a job; each violation names a field and what would be right. */
public final class InvalidJob extends ThreadmillException {

  private final List<Violations.Violation> violations;

  public InvalidJob(List<Violations.Violation> violations) {
    super("invalid job: " + violations);
    this.violations = List.copyOf(violations);
  }

  public List<Violations.Violation> violations() {
    return violations;
  }
}
