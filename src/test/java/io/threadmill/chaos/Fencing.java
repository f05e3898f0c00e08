package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import java.util.List;

/**
 * I4: an outcome that comes under a lost lease changes nothing. Seen from outside: what stands
 * recorded for an attempt is of the process that ran it, each recorded attempt was taken by
 * somebody, and one recorded as lost stays so although its execution ended later.
 */
final class Fencing implements Invariant {

  @Override
  public String number() {
    return "I4";
  }

  @Override
  public String title() {
    return "late outcomes are refused";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("executions that outlived their lease");
    for (Job job : evidence.jobs().values()) {
      if (evidence.setup().eventsWhole()) {
        eachWasTaken(job, evidence.events(job.id()), findings);
      }
      for (Execution execution : evidence.executions(job.id())) {
        Attempt recorded = Evidence.attempt(job, execution.attempt());
        if (recorded == null) {
          continue; // said by I6
        }
        if (recorded.pid() != execution.pid()) {
          findings.violation(
              "job %s: attempt %d ran in process %d and is recorded %s for process %d",
              job.id(), execution.attempt(), execution.pid(), recorded.outcome(), recorded.pid());
        }
        if (recorded.outcome().equals("lost") && execution.end() > recorded.finished()) {
          findings.require(
              job.resultAttempt() != execution.attempt(),
              "job %s has the result of attempt %d, whose lease was lost",
              job.id(),
              execution.attempt());
        }
      }
    }
    return findings;
  }

  private static void eachWasTaken(Job job, List<Event> events, Findings findings) {
    for (Attempt attempt : job.attempts()) {
      boolean taken =
          events.stream()
              .anyMatch(
                  event -> event.state().equals("running") && event.attempt() == attempt.number());
      if (!taken) {
        findings.violation(
            "job %s: attempt %d is recorded %s by process %d, and nobody took it",
            job.id(), attempt.number(), attempt.outcome(), attempt.pid());
      }
    }
  }
}
