package io.threadmill.chaos;

import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Known;
import java.util.HashMap;
import java.util.Map;

/** I2: what runs was asked for by a client, and no submission makes two jobs. */
final class NoInvention implements Invariant {

  @Override
  public String number() {
    return "I2";
  }

  @Override
  public String title() {
    return "no job is made up";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("executions and jobs");
    Map<String, Integer> asked = new HashMap<>();
    evidence
        .submissions()
        .filter(call -> call.known() != Known.FAIL)
        .forEach(call -> asked.merge(call.order().token(), 1, Integer::sum));
    for (Execution execution : evidence.history().executions()) {
      findings.require(
          asked.containsKey(execution.token()),
          "job %s ran as %s, which no client sent",
          execution.id(),
          execution.token());
    }
    Map<String, Integer> made = new HashMap<>();
    for (Job job : evidence.jobs().values()) {
      if (job.status() == 200) {
        made.merge(job.token(), 1, Integer::sum);
      }
    }
    made.forEach((token, jobs) ->
        findings.require(
            jobs <= asked.getOrDefault(token, 0),
            "%d jobs came of %d submissions of %s",
            jobs,
            asked.getOrDefault(token, 0),
            token));
    return findings;
  }
}
