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
  private static final int MOST_LOST = 3;

  /**
   * A call that may not be sent again waits 1.5 s for its answer; so much of it may be a stall's.
   */
  private static final long UNANSWERED = 1000;

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
      lostThreeTimes(job, findings);
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
      case "released" -> {
        if (!mayBeHandedBack(job, attempt, evidence)) {
          findings.violation(
              "job %s: attempt %d on instance %d was released at %d, and nothing asked for that",
              job.id(), attempt.number(), evidence.slot(attempt.pid()), attempt.finished());
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
      default -> {}
    }
  }

  private static boolean callsGoUnanswered(int slot, Attempt attempt, Weather weather) {
    return weather.outage(slot, attempt.started(), attempt.finished()) > 0
        || weather.stalled(attempt.started(), attempt.finished()) >= UNANSWERED;
  }

  /**
   * Its instance was stopping, or may have lost what it held. One that had begun may also wait for
   * its children, or have asked Redis in vain to keep a step; one that never began was not lost
   * with the answer to a take, which is asked for again.
   */
  private static boolean mayBeHandedBack(Job job, Attempt attempt, Evidence evidence) {
    int slot = evidence.slot(attempt.pid());
    Weather weather = evidence.weather();
    if (weather.isStopping(attempt.pid(), attempt.finished())
        || weather.mayLose(slot, attempt.pid(), attempt.started(), attempt.finished())) {
      return true;
    }
    boolean began =
        evidence.executions(job.id()).stream()
            .anyMatch(execution -> execution.attempt() == attempt.number());
    Order order = evidence.order(job.id());
    if (!began || order == null) {
      return false;
    }
    return order.spawns()
        || order.params().steps() > 0 && callsGoUnanswered(slot, attempt, weather);
  }

  /** Three lost attempts end a run, and nothing else is called so. */
  private static void lostThreeTimes(Job job, Findings findings) {
    long lost = job.attempts().stream().filter(one -> one.outcome().equals("lost")).count();
    if (job.error().equals("worker-lost")
        && (lost < MOST_LOST || !job.attempts().getLast().outcome().equals("lost"))) {
      findings.violation("job %s ended as worker-lost; its attempts: %s", job.id(), job.attempts());
    }
    if (lost > (long) MOST_LOST * job.run()) {
      findings.violation("job %s was lost %d times in %d runs", job.id(), lost, job.run());
    }
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
