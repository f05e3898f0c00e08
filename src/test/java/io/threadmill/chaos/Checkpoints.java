package io.threadmill.chaos;

import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Mark;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * I24: within a run an attempt resumes no earlier than what was kept before it began and no later
 * than what was ever sent; nothing is kept under a lost lease; and what succeeded tells the whole
 * of its progress.
 */
final class Checkpoints implements Invariant {

  @Override
  public String number() {
    return "I24";
  }

  @Override
  public String title() {
    return "a checkpoint never goes back within a run";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("attempts that began or resumed");
    Map<String, List<Mark>> byRun =
        evidence.history().marks().stream()
            .collect(Collectors.groupingBy(mark -> mark.id() + " " + mark.run()));
    byRun.values().forEach(marks -> resumes(marks, evidence, findings));
    for (Job job : evidence.jobs().values()) {
      Order order = evidence.order(job.id());
      if (order != null
          && job.state().equals("succeeded")
          && job.progress() != order.params().steps()) {
        findings.violation(
            "job %s succeeded and tells %d of %d steps",
            job.id(), job.progress(), order.params().steps());
      }
    }
    return findings;
  }

  private static void resumes(List<Mark> marks, Evidence evidence, Findings findings) {
    for (Mark resumed : marks) {
      if (!resumed.what().equals("resumed")) {
        continue;
      }
      long began = began(resumed, evidence);
      int least = 0;
      int most = 0;
      for (Mark mark : marks) {
        if (mark.attempt() >= resumed.attempt()) {
          continue;
        }
        if (mark.what().equals("kept") && mark.at() < began) {
          least = Math.max(least, mark.number());
        } else if (mark.what().equals("keeps")) {
          most = Math.max(most, mark.number());
          keptInVain(mark, resumed.attempt(), began, marks, findings);
        }
      }
      findings.require(
          resumed.number() >= least && resumed.number() <= most,
          "job %s: attempt %d resumed at %d, where %d was kept and %d sent",
          resumed.id(),
          resumed.attempt(),
          resumed.number(),
          least,
          most);
    }
  }

  /** A call that began after another attempt had begun is refused. */
  private static void keptInVain(
      Mark keeps, int other, long began, List<Mark> marks, Findings findings) {
    boolean kept =
        marks.stream()
            .anyMatch(mark ->
                mark.what().equals("kept")
                    && mark.attempt() == keeps.attempt()
                    && mark.number() == keeps.number());
    if (keeps.at() > began && kept) {
      findings.violation(
          "job %s: attempt %d kept step %d after attempt %d had begun",
          keeps.id(), keeps.attempt(), keeps.number(), other);
    }
  }

  private static long began(Mark resumed, Evidence evidence) {
    return evidence.executions(resumed.id()).stream()
        .filter(execution -> execution.attempt() == resumed.attempt())
        .mapToLong(Execution::begin)
        .min()
        .orElse(resumed.at());
  }
}
