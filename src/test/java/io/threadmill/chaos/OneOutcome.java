package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import java.util.List;

/**
 * I3: a run ends once, an attempt is recorded once, and what stands recorded is what an execution
 * of that very attempt gave, whole.
 */
final class OneOutcome implements Invariant {

  @Override
  public String number() {
    return "I3";
  }

  @Override
  public String title() {
    return "one outcome a run, and the true one";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("ended jobs");
    for (Job job : evidence.jobs().values()) {
      if (job.ended()) {
        findings.looked();
        onceARun(job, evidence.events(job.id()), evidence.setup().eventsWhole(), findings);
        onceAnAttempt(job, findings);
        isTrue(job, evidence, findings);
      }
    }
    evidence
        .history()
        .calls("result")
        .forEach(call ->
            findings.require(
                call.status() == 200 || call.status() == 503 || call.status() == 0,
                "the result of %s, which had succeeded, was answered %d",
                call.id(),
                call.status()));
    return findings;
  }

  private static void onceARun(Job job, List<Event> events, boolean whole, Findings findings) {
    int endedRun = 0;
    String end = "";
    for (Event event : events) {
      if (event.run() == endedRun) {
        findings.violation(
            "job %s: %s after it was %s in run %d", job.id(), event.state(), end, endedRun);
      }
      if (Evidence.isEnd(event.state())) {
        endedRun = event.run();
        end = event.state();
      }
    }
    if (whole && (endedRun != job.run() || !end.equals(job.state()))) {
      findings.violation(
          "job %s is %s in run %d, its last recorded end is \"%s\" in run %d",
          job.id(), job.state(), job.run(), end, endedRun);
    }
  }

  private static void onceAnAttempt(Job job, Findings findings) {
    int last = 0;
    for (Attempt attempt : job.attempts()) {
      if (attempt.number() <= last) {
        findings.violation("job %s has attempt %d after %d", job.id(), attempt.number(), last);
      }
      last = attempt.number();
    }
  }

  private static void isTrue(Job job, Evidence evidence, Findings findings) {
    Order order = evidence.order(job.id());
    if (job.state().equals("succeeded")) {
      Attempt attempt = Evidence.attempt(job, job.resultAttempt());
      if (attempt == null
          || !attempt.outcome().equals("succeeded")
          || job.resultRun() != job.run()) {
        findings.violation(
            "job %s succeeded, its result is of run %d, attempt %d; attempts are %s",
            job.id(), job.resultRun(), job.resultAttempt(), job.attempts());
      } else if (!gave(evidence, job, attempt, "done")) {
        findings.violation(
            "job %s succeeded by attempt %d, which no execution ended so",
            job.id(), attempt.number());
      }
      if (order != null && job.resultBytes() != order.params().bytes()) {
        findings.violation(
            "job %s: %d bytes of result where there should be %d",
            job.id(), job.resultBytes(), order.params().bytes());
      }
    } else if (job.error().equals(ChaosHandler.ASKED)
        && !gave(evidence, job, job.attempts().getLast(), "failed")) {
      findings.violation("job %s failed, which no execution of its last attempt did", job.id());
    }
  }

  private static boolean gave(Evidence evidence, Job job, Attempt attempt, String how) {
    for (Execution execution : evidence.executions(job.id())) {
      if (execution.attempt() == attempt.number()
          && execution.run() == job.run()
          && execution.how().equals(how)) {
        return true;
      }
    }
    return false;
  }
}
