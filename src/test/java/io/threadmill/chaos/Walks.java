package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** I22: a walk of a list, whatever goes on, shows each job that was there all the time, once. */
final class Walks implements Invariant {

  @Override
  public String number() {
    return "I22";
  }

  @Override
  public String title() {
    return "a walk of the list shows each job once";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("walks");
    List<Call> listed =
        evidence
            .submissions()
            .filter(call -> call.ok() && call.order().tags().contains(Workload.Pen.LISTED))
            .toList();
    evidence
        .history()
        .calls("walk")
        .filter(call -> call.ok() && call.note().equals("tag=" + Workload.Pen.LISTED))
        .forEach(walk -> {
          Set<String> seen = new HashSet<>(walk.seen());
          findings.require(
              seen.size() == walk.seen().size(),
              "a walk shows %d jobs twice",
              walk.seen().size() - seen.size());
          listed.stream()
              .filter(call -> call.end() < walk.begin() && !seen.contains(call.id()))
              .forEach(call ->
                  findings.violation(
                      "job %s was there %d ms before a walk and is not in it",
                      call.id(), walk.begin() - call.end()));
        });
    return findings;
  }
}
