package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Life;

/**
 * I20: an instance that is asked to stop hands its work back at once and uncounted, and ends within
 * its grace with an orderly code.
 */
final class Drains implements Invariant {

  private static final long GRACE = 25_000;

  /** A second for the hand-over, and a busy machine's part. */
  private static final long HAND_OVER = 3000;

  private static final int TERMINATED = 143;

  @Override
  public String number() {
    return "I20";
  }

  @Override
  public String title() {
    return "a stopping instance hands over at once";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("instances stopped");
    for (Life life : evidence.history().lives()) {
      if (life.stopAsked() > 0 && life.ready() > 0 && life.ready() < life.stopAsked()) {
        check(life, evidence, findings);
      }
    }
    return findings;
  }

  private static void check(Life life, Evidence evidence, Findings findings) {
    long took = life.end() - life.stopAsked();
    long excused = evidence.weather().excused(life.slot(), life.stopAsked(), life.end());
    findings.require(
        life.exit() == 0 || life.exit() == TERMINATED,
        "instance %d ended with %d after SIGTERM",
        life.slot(),
        life.exit());
    if (took > GRACE + excused) {
      findings.violation("instance %d took %d ms to stop", life.slot(), took);
    }
    for (Job job : evidence.jobs().values()) {
      for (Attempt attempt : job.attempts()) {
        if (attempt.pid() == life.pid() && attempt.finished() > life.stopAsked()) {
          handedOver(life, job, attempt, evidence, findings);
        }
      }
    }
  }

  private static void handedOver(
      Life life, Job job, Attempt attempt, Evidence evidence, Findings findings) {
    long late = attempt.finished() - life.stopAsked();
    long excused = evidence.weather().excused(life.slot(), life.stopAsked(), attempt.finished());
    long outage = evidence.weather().outage(life.slot(), life.stopAsked(), attempt.finished());
    if (attempt.outcome().equals("lost") && outage == 0) {
      findings.violation(
          "job %s: attempt %d was lost by instance %d, which was asked to stop",
          job.id(), attempt.number(), life.slot());
    } else if (late > HAND_OVER + excused) {
      findings.violation(
          "job %s: attempt %d was %s %d ms after instance %d was asked to stop",
          job.id(), attempt.number(), attempt.outcome(), late, life.slot());
    }
  }
}
