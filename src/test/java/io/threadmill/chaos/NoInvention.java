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
    evidence.intakes().stream()
        .filter(call -> call.known() != Known.FAIL)
        .flatMap(call -> call.order().rows().stream())
        .forEach(row -> asked.merge(row.params().token(), 1, Integer::sum));
    for (Execution execution : evidence.history().executions()) {
      findings.require(
          times(execution.token(), asked) > 0,
          "job %s ran as %s, which no client sent",
          execution.id(),
          execution.token());
    }
    Map<String, Integer> made = new HashMap<>();
    for (Job job : evidence.jobs().values()) {
      if (job.status() == 200 && !(job.isRow() && job.token().isEmpty())) { // unreadable rows
        made.merge(job.token(), 1, Integer::sum);
      }
    }
    made.forEach((token, jobs) ->
        findings.require(
            jobs <= times(token, asked),
            "%d jobs came of %d submissions of %s",
            jobs,
            times(token, asked),
            token));
    return findings;
  }

  /** A child is asked for by its parent, once in an attempt. */
  private static int times(String token, Map<String, Integer> asked) {
    int slash = token.indexOf('/');
    return slash < 0
        ? asked.getOrDefault(token, 0)
        : Math.min(1, asked.getOrDefault(token.substring(0, slash), 0));
  }
}
