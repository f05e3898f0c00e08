package io.threadmill.chaos;

import io.threadmill.chaos.ChaosChecker.Verdict;
import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Fault;
import io.threadmill.chaos.History.Job;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says in words and numbers what a run was and what came of it. */
final class Report {

  private static final int SHOWN = 4;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  /** Prints everything; true when all invariants hold. */
  boolean tell(History history, List<Verdict> verdicts, Path folder) {
    Map<String, Object> numbers = numbers(history);
    numbers.forEach((name, value) -> out.printf("  %-22s %s%n", name, value));
    for (Verdict verdict : verdicts) {
      out.println(verdict.line());
      verdict.findings().violations().stream()
          .limit(SHOWN)
          .forEach(violation -> out.println("       " + violation));
    }
    long failed = verdicts.stream().filter(Verdict::failed).count();
    if (failed > 0) {
      long begin = history.setup().begin();
      for (Fault fault : history.faults()) {
        out.printf(
            "  %s%s from %.1f to %.1f s%n",
            fault.kind().wireName(),
            fault.slot() < 0 ? "" : " i" + fault.slot(),
            (fault.begin() - begin) / 1000.0,
            (fault.end() - begin) / 1000.0);
      }
      out.println("the history is in " + folder);
    }
    out.printf("%d passed, %d failed%n", verdicts.size() - failed, failed);
    var result = new LinkedHashMap<String, Object>();
    result.put("seed", history.setup().seed());
    result.put("seconds", (history.setup().loadEnd() - history.setup().begin()) / 1000);
    result.putAll(numbers);
    result.put("passed", verdicts.size() - failed);
    result.put("failed", failed);
    out.println("RESULT " + Recording.JSON.writeValueAsString(result));
    return failed == 0;
  }

  private static Map<String, Object> numbers(History history) {
    var evidence = new Evidence(history);
    Map<String, Long> outcomes =
        history.dump().jobs().stream()
            .map(Job::attempts)
            .flatMap(List::stream)
            .collect(Collectors.groupingBy(Attempt::outcome, TreeMap::new, Collectors.counting()));
    Map<String, Long> faults =
        history.faults().stream()
            .map(Fault::kind)
            .collect(
                Collectors.groupingBy(FaultKind::wireName, TreeMap::new, Collectors.counting()));
    var numbers = new LinkedHashMap<String, Object>();
    numbers.put("jobs", history.dump().jobs().size());
    numbers.put("executions", history.executions().size());
    numbers.put("faults", history.faults().size());
    numbers.put("faultsByKind", faults);
    numbers.put("attempts", outcomes);
    numbers.put("lateOutcomes", new Fencing().check(evidence).looks());
    numbers.put("refusedOutcomes", history.setup().fenced());
    numbers.put(
        "answers503", history.calls().stream().filter(call -> call.status() == 503).count());
    numbers.put(
        "unknown",
        evidence.submissions().filter(call -> call.known() == History.Known.INFO).count());
    numbers.put("withheldMillis", evidence.weather().stalledInAll());
    numbers.put("drainMillis", history.setup().drained() - history.setup().loadEnd());
    return numbers;
  }
}
