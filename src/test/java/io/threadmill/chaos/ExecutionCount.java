package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import java.util.HashSet;
import java.util.Set;

/**
 * I6: each attempt runs once at most and is recorded; those beyond the first have a cause: a
 * failure that was asked for, a hand-over, or a lease that could be lost by what was done to its
 * instance. Without a cause a job runs exactly once.
 */
final class ExecutionCount implements Invariant {

  private static final int KEPT = 50;

  @Override
  public String number() {
    return "I6";
  }

  @Override
  public String title() {
    return "no execution without a cause";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("jobs");
    for (Job job : evidence.jobs().values()) {
      findings.looked();
      eachOnce(job, evidence, findings);
      for (Attempt attempt : job.attempts()) {
        hasCause(job, attempt, evidence, findings);
      }
      failuresAreBounded(job, evidence.order(job.id()), findings);
    }
    return findings;
  }

  private static void eachOnce(Job job, Evidence evidence, Findings findings) {
    Set<Integer> ran = new HashSet<>();
    for (Execution execution : evidence.executions(job.id())) {
      if (!ran.add(execution.attempt())) {
        findings.violation("job %s: attempt %d ran twice", job.id(), execution.attempt());
      }
      if (job.ended()
          && job.attempts().size() < KEPT
          && Evidence.attempt(job, execution.attempt()) == null) {
        findings.violation(
            "job %s: attempt %d ran and is not recorded", job.id(), execution.attempt());
      }
    }
    for (Attempt attempt : job.attempts()) {
      boolean mustHaveRun =
          attempt.outcome().equals("succeeded") || attempt.outcome().equals("failed");
      if (mustHaveRun && !ran.contains(attempt.number())) {
        findings.violation(
            "job %s: attempt %d %s and never ran", job.id(), attempt.number(), attempt.outcome());
      }
    }
  }

  private static void hasCause(Job job, Attempt attempt, Evidence evidence, Findings findings) {
    switch (attempt.outcome()) {
      case "failed" -> {
        if (!attempt.error().equals(ChaosHandler.ASKED)) {
          findings.violation(
              "job %s: attempt %d failed as %s", job.id(), attempt.number(), attempt.error());
        }
      }
      case "lost" -> {
        int slot = evidence.slot(attempt.pid());
        if (!evidence
            .weather()
            .mayLose(slot, attempt.pid(), attempt.started(), attempt.finished())) {
          findings.violation(
              "job %s: attempt %d on instance %d was lost from %d to %d, and nothing was done to it",
              job.id(), attempt.number(), slot, attempt.started(), attempt.finished());
        }
      }
      case "released" -> {
        if (neverRan(job, attempt, evidence) && !mayBeHandedBack(attempt, evidence)) {
          findings.violation(
              "job %s: attempt %d on instance %d was taken, never ran and was handed back",
              job.id(), attempt.number(), evidence.slot(attempt.pid()));
        }
      }
      default -> {}
    }
  }

  private static boolean neverRan(Job job, Attempt attempt, Evidence evidence) {
    return evidence.executions(job.id()).stream()
        .noneMatch(execution -> execution.attempt() == attempt.number());
  }

  /** Its instance was stopping, or may have missed that it had been given the job. */
  private static boolean mayBeHandedBack(Attempt attempt, Evidence evidence) {
    int slot = evidence.slot(attempt.pid());
    return evidence.weather().isStopping(attempt.pid(), attempt.finished())
        || evidence.weather().mayLose(slot, attempt.pid(), attempt.started(), attempt.finished());
  }

  private static void failuresAreBounded(Job job, Order order, Findings findings) {
    if (order == null) {
      return;
    }
    long failed =
        job.attempts().stream().filter(attempt -> attempt.outcome().equals("failed")).count();
    if (failed > (long) order.attempts() * job.run()) {
      findings.violation(
          "job %s failed %d times in %d runs of %d attempts",
          job.id(), failed, job.run(), order.attempts());
    }
  }
}
