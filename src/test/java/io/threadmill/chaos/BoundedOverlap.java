package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import java.util.List;

/**
 * I5: two executions of a job run at the same time only where the first had lost its lease or was
 * being handed back, and no longer than its instance could not be told.
 */
final class BoundedOverlap implements Invariant {

  /** From a heartbeat's answer to the end of an interrupted execution, and a busy machine. */
  private static final long REACTION = 2000;

  @Override
  public String number() {
    return "I5";
  }

  @Override
  public String title() {
    return "executions of a job overlap only where a lease was lost";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("jobs that ran more than once");
    for (Job job : evidence.jobs().values()) {
      List<Execution> executions = evidence.executions(job.id());
      if (executions.size() > 1) {
        findings.looked();
      }
      for (int i = 1; i < executions.size(); i++) {
        compare(job, executions.get(i - 1), executions.get(i), evidence, findings);
      }
    }
    return findings;
  }

  private static void compare(
      Job job, Execution first, Execution second, Evidence evidence, Findings findings) {
    if (evidence.endOf(first) <= second.begin()) {
      return;
    }
    // An instance may be stopped between a take and the job's first step: then the later attempt
    // begins first.
    Execution older = first.attempt() <= second.attempt() ? first : second;
    long end = evidence.endOf(older);
    long overlap = end - second.begin();
    Attempt recorded = Evidence.attempt(job, older.attempt());
    boolean lost = recorded != null && recorded.outcome().equals("lost");
    boolean released = recorded != null && recorded.outcome().equals("released");
    long excused = evidence.weather().excused(evidence.slot(older.pid()), second.begin(), end);
    long bound = (lost ? evidence.setup().beat() : 0) + REACTION + excused;
    if (!lost && !released || overlap > bound) {
      findings.violation(
          "job %s: attempts %d (%s) and %d ran at once for %d ms, of which at most %d are excused",
          job.id(),
          older.attempt(),
          recorded == null ? "not recorded" : recorded.outcome(),
          (older == first ? second : first).attempt(),
          overlap,
          bound);
    }
  }
}
