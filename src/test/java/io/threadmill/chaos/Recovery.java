package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Life;

/** I7: what a killed instance held is taken over within lease, sweep and a second. */
final class Recovery implements Invariant {

  private static final long SWEEP = 2000;
  private static final long MARGIN = 1000;

  @Override
  public String number() {
    return "I7";
  }

  @Override
  public String title() {
    return "a killed instance's jobs are taken over in time";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("kills and jobs taken over");
    for (Life life : evidence.history().lives()) {
      if (life.end() > 0 && life.stopAsked() == 0) {
        findings.looked(); // it may have held nothing
        check(life, evidence, findings);
      }
    }
    return findings;
  }

  private static void check(Life life, Evidence evidence, Findings findings) {
    for (Job job : evidence.jobs().values()) {
      for (Attempt attempt : job.attempts()) {
        if (attempt.pid() == life.pid()
            && attempt.outcome().equals("lost")
            && attempt.finished() >= life.end()) {
          long late = attempt.finished() - life.end();
          long excused = excused(life, attempt.finished(), evidence);
          long bound = evidence.setup().lease() + SWEEP + MARGIN + excused;
          findings.require(
              late <= bound,
              "job %s was taken over %d ms after instance %d was killed; at most %d are excused",
              job.id(),
              late,
              life.slot(),
              bound);
        }
      }
    }
  }

  /** The kill itself is no excuse. */
  private static long excused(Life life, long until, Evidence evidence) {
    long all = 0;
    for (int slot = 0; slot < Cluster.SIZE; slot++) {
      if (slot != life.slot()) {
        all = Math.max(all, evidence.weather().excused(slot, life.end(), until));
      }
    }
    return all;
  }
}
