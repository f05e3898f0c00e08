package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Mark;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * I23: each child that a job was told it had started is there, and a job that waits for its
 * children goes on only when all of them have ended.
 */
final class Families implements Invariant {

  @Override
  public String number() {
    return "I23";
  }

  @Override
  public String title() {
    return "no child is lost, and a parent ends after its children";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("children");
    Map<String, List<Job>> families =
        evidence.jobs().values().stream()
            .filter(job -> job.status() == 200 && job.token().indexOf('/') > 0)
            .collect(
                Collectors.groupingBy(job -> job.token().substring(0, job.token().indexOf('/'))));
    Map<String, List<Mark>> spawned =
        evidence.history().marks().stream()
            .filter(mark -> mark.what().equals("spawned"))
            .collect(Collectors.groupingBy(Mark::id));
    for (Job parent : evidence.jobs().values()) {
      Order order = evidence.order(parent.id());
      if (parent.status() == 200 && order != null && order.spawns()) {
        List<Job> children = families.getOrDefault(parent.token(), List.of());
        areThere(parent, children, spawned.getOrDefault(parent.id(), List.of()), findings);
        if (!parent.ended() && !children.isEmpty() && children.stream().allMatch(Job::ended)) {
          findings.violation(
              "job %s waits, and all of its %d children have ended", parent.id(), children.size());
        }
        if (parent.state().equals("succeeded")) {
          endedBefore(parent, children, order, findings);
        }
      }
    }
    return findings;
  }

  private static void areThere(
      Job parent, List<Job> children, List<Mark> spawned, Findings findings) {
    for (Mark mark : spawned) {
      String prefix = parent.token() + "/" + mark.attempt() + "/";
      long there = children.stream().filter(child -> child.token().startsWith(prefix)).count();
      findings.require(
          there == mark.number(),
          "job %s started %d children in attempt %d, of which %d are there",
          parent.id(),
          mark.number(),
          mark.attempt(),
          there);
    }
  }

  private static void endedBefore(Job parent, List<Job> children, Order order, Findings findings) {
    if (children.size() < order.params().children()) {
      findings.violation(
          "job %s succeeded and has %d of %d children",
          parent.id(), children.size(), order.params().children());
    }
    Attempt last = Evidence.attempt(parent, parent.resultAttempt());
    for (Job child : children) {
      findings.require(
          child.ended() && last != null && child.finished() <= last.started(),
          "job %s went on at %d, its child %s is %s since %d",
          parent.id(),
          last == null ? 0 : last.started(),
          child.id(),
          child.state(),
          child.finished());
    }
  }
}
