package io.threadmill.chaos;

import io.threadmill.chaos.History.Job;

/** I1: what was answered 2xx is there and has ended when all is over. */
final class NoLoss implements Invariant {

  @Override
  public String number() {
    return "I1";
  }

  @Override
  public String title() {
    return "no accepted job is lost";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("accepted jobs");
    evidence
        .submissions()
        .filter(call -> call.ok() && call.id() != null)
        .forEach(call -> {
          Job job = evidence.jobs().get(call.id());
          findings.require(
              job != null && job.status() == 200,
              "job %s was answered %d and is gone",
              call.id(),
              call.status());
        });
    for (Job job : evidence.jobs().values()) {
      if (job.status() == 200 && !job.ended()) {
        findings.violation("job %s has not ended: %s, %s", job.id(), job.state(), job.attempts());
      }
    }
    return findings;
  }
}
