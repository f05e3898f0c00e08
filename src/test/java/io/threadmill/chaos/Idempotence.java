package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Job;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** I8: one Idempotency-Key, one job, whatever was lost on the way; another body is refused. */
final class Idempotence implements Invariant {

  @Override
  public String number() {
    return "I8";
  }

  @Override
  public String title() {
    return "a repeated submission is the same job";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("keys");
    Map<String, List<Call>> byKey =
        evidence
            .submissions()
            .filter(call -> call.order().idem() != null)
            .collect(
                Collectors.groupingBy(
                    call -> call.order().idem(), LinkedHashMap::new, Collectors.toList()));
    Map<String, Long> jobs =
        evidence.jobs().values().stream()
            .collect(Collectors.groupingBy(Job::token, Collectors.counting()));
    byKey.forEach((key, calls) -> {
      findings.looked();
      Order first = calls.getFirst().order();
      Set<String> ids =
          calls.stream()
              .filter(call -> call.ok() && call.order().equals(first))
              .map(Call::id)
              .collect(Collectors.toSet());
      if (ids.size() > 1) {
        findings.violation("key %s was answered with %s", key, ids);
      }
      long made = jobs.getOrDefault(first.token(), 0L);
      if (made > 1) {
        findings.violation("key %s made %d jobs", key, made);
      }
      calls.stream()
          .filter(call -> !call.order().equals(first) && !ids.isEmpty())
          .filter(call -> call.ok() || call.status() >= 400 && call.status() < 500)
          .filter(call -> call.status() != 422)
          .forEach(call ->
              findings.violation("another body under key %s was answered %d", key, call.status()));
    });
    return findings;
  }
}
