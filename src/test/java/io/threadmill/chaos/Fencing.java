package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Life;
import java.util.List;

/**
 * I4: an outcome that comes under a lost lease changes nothing. Seen from outside: what stands
 * recorded for an attempt is of the process that ran it, each recorded attempt was taken by
 * somebody, and one recorded as lost stays so although its execution ended later; and the instances
 * themselves count as many refusals.
 */
final class Fencing implements Invariant {

  /** From the end of an execution to its recording, where Redis answers. */
  private static final long SETTLED = 2000;

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
      if (evidence.setup().eventsWhole() && !job.isRow()) { // rows write no events
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
    evidence.history().lives().forEach(life -> asCounted(life, evidence, findings));
    return findings;
  }

  /**
   * What a process says it was refused, against its executions that ended after their lease was
   * taken from them: each is refused once, soon after it ended, and nothing else is.
   */
  private static void asCounted(Life life, Evidence evidence, Findings findings) {
    if (life.fenced() < 0) {
      return; // killed, or it could not answer any more
    }
    long sure = 0;
    long most = 0;
    for (Job job : evidence.jobs().values()) {
      most +=
          job.attempts().stream()
              .filter(one -> one.pid() == life.pid() && one.outcome().equals("lost"))
              .count();
    }
    for (Execution execution : evidence.history().executions()) {
      Job job = evidence.jobs().get(execution.id());
      if (execution.pid() != life.pid()) {
        continue;
      }
      Attempt recorded = job == null ? null : Evidence.attempt(job, execution.attempt());
      if (recorded == null) {
        most++; // of what is gone nothing is known
      } else if (recorded.outcome().equals("lost")
          && execution.end() > recorded.finished()
          && settled(execution.end(), life, evidence)) {
        sure++;
      }
    }
    if (life.fenced() < sure || life.fenced() > most) {
      findings.violation(
          "instance %d says %d outcomes were refused; by what ran and was lost it is %d to %d",
          life.slot(), life.fenced(), sure, most);
    }
  }

  /** Whether Redis could be told of an ending before its instance was asked for its count. */
  private static boolean settled(long end, Life life, Evidence evidence) {
    return end + SETTLED + evidence.weather().outage(life.slot(), end, life.stopAsked())
        < life.stopAsked();
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
