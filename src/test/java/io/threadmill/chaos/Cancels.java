package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;

/**
 * I18: after a cancel was answered 200 nothing of that run starts and the job is cancelled; after
 * 202 no new attempt starts, the running one ends within a second, and the job is cancelled or has
 * the outcome that came before.
 */
final class Cancels implements Invariant {

  /** Within a second, and a busy machine's part. */
  private static final long DELIVERED = 2000;

  @Override
  public String number() {
    return "I18";
  }

  @Override
  public String title() {
    return "a cancel stops the job, wherever it runs";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("cancels answered");
    evidence
        .history()
        .calls("cancel")
        .filter(Call::ok)
        .forEach(call -> {
          findings.looked();
          Job job = evidence.jobs().get(call.id());
          if (job != null && job.status() == 200) {
            check(call, job, evidence, findings);
          }
        });
    return findings;
  }

  private static void check(Call call, Job job, Evidence evidence, Findings findings) {
    if (call.status() == 200 && !job.state().equals("cancelled")) {
      findings.violation("job %s was cancelled and is %s", job.id(), job.state());
    }
    for (Execution execution : evidence.executions(job.id())) {
      long taken = takenAt(execution, evidence);
      if (taken > call.end()) {
        findings.violation(
            "job %s: attempt %d was taken %d ms after its cancel was answered %d",
            job.id(), execution.attempt(), taken - call.end(), call.status());
      }
      long end = evidence.endOf(execution);
      long after = end - call.end();
      long bound =
          DELIVERED + evidence.weather().excused(evidence.slot(execution.pid()), call.begin(), end);
      if (after > bound) {
        findings.violation(
            "job %s: attempt %d ran on for %d ms after its cancel, of which %d are excused",
            job.id(), execution.attempt(), after, bound);
      }
    }
  }

  /** An attempt begins with its take; its thread may need a moment more. */
  private static long takenAt(Execution execution, Evidence evidence) {
    return evidence.events(execution.id()).stream()
        .filter(event -> event.state().equals("running"))
        .filter(event -> event.attempt() == execution.attempt())
        .mapToLong(History.Event::at)
        .min()
        .orElse(execution.begin());
  }
}
