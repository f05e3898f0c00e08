package io.threadmill.chaos;

import io.threadmill.chaos.BatchCall.Told;
import io.threadmill.chaos.History.Known;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * I17: in every read of a batch its total is the sum of its counts; it ends once and says so once;
 * each row that was accepted is there, in one final state; and its results, read by cursor across
 * instances, repeat and leave out nothing.
 */
final class BatchesHold implements Invariant {

  @Override
  public String number() {
    return "I17";
  }

  @Override
  public String title() {
    return "a batch counts true, ends once and loses no row";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("answers about batches");
    Map<String, List<BatchCall>> byBatch =
        evidence.history().batches().stream()
            .filter(call -> !call.id().isEmpty() && call.end() < Long.MAX_VALUE)
            .sorted(Comparator.comparingLong(BatchCall::end))
            .collect(Collectors.groupingBy(BatchCall::id, LinkedHashMap::new, Collectors.toList()));
    byBatch.forEach((id, calls) -> {
      calls.forEach(call -> addsUp(id, call, findings));
      endsOnce(id, calls, findings);
      neverBack(id, calls, findings);
      calls.forEach(call -> readWhole(call, evidence, findings));
    });
    var rows = new BatchRows(evidence, findings);
    rows.check(byBatch);
    return findings;
  }

  private static void addsUp(String id, BatchCall call, Findings findings) {
    Told told = call.told();
    if (told == null) {
      return;
    }
    findings.require(
        told.total() == told.summed(),
        "batch %s: total %d, and its counts add up to %d",
        id,
        told.total(),
        told.summed());
    if (told.ended() && told.left() > 0) {
      findings.violation("batch %s was %s with %d rows left", id, told.state(), told.left());
    }
    if (told.ended() == told.finished().isEmpty()) {
      findings.violation(
          "batch %s was %s and finished at \"%s\"", id, told.state(), told.finished());
    }
  }

  /** Each ending has its instant, and only a retry gives a batch another. */
  private static void endsOnce(String id, List<BatchCall> calls, Findings findings) {
    Set<String> endings = new TreeSet<>();
    for (BatchCall call : calls) {
      if (call.told() != null && call.told().ended()) {
        endings.add(call.told().finished());
      }
      if (call.op().equals("events") && call.ok()) {
        findings.require(
            call.ends() == 1, "batch %s: its stream said end %d times", id, call.ends());
      }
    }
    long retries = retries(calls);
    if (endings.size() > 1 + retries) {
      findings.violation("batch %s, which was retried %d times, ended at %s", id, retries, endings);
    }
  }

  private static long retries(List<BatchCall> calls) {
    return calls.stream()
        .filter(call -> call.op().equals("retry") && call.known() != Known.FAIL)
        .count();
  }

  /** Of two reads one after the other: no row less, and an end is undone by a retry only. */
  private static void neverBack(String id, List<BatchCall> calls, Findings findings) {
    List<BatchCall> reads = calls.stream().filter(call -> call.told() != null).toList();
    for (int i = 0; i < reads.size(); i++) {
      for (int j = i + 1; j < reads.size(); j++) {
        Told before = reads.get(i).told();
        Told after = reads.get(j).told();
        if (reads.get(j).begin() <= reads.get(i).end()) {
          continue;
        }
        if (after.total() < before.total()) {
          findings.violation(
              "batch %s had %d rows and later %d", id, before.total(), after.total());
        }
        if (before.ended() && !after.ended() && retries(calls) == 0) {
          findings.violation("batch %s was %s and later %s", id, before.state(), after.state());
        }
      }
    }
  }

  /** A read to the end has each row, and none twice in the same run. */
  private static void readWhole(BatchCall call, Evidence evidence, Findings findings) {
    if (!call.op().startsWith("results-") && !call.op().equals("events")) {
      return;
    }
    Set<String> seen = new TreeSet<>();
    Set<Integer> indexes = new TreeSet<>();
    int last = -1;
    for (BatchCall.Row row : call.rows()) {
      if (!seen.add(row.id() + " " + row.run())) {
        findings.violation("%s of batch %s repeat row %d", call.op(), call.id(), row.index());
      }
      if (!Evidence.isEnd(row.state())) {
        findings.violation(
            "%s of batch %s have row %d as %s", call.op(), call.id(), row.index(), row.state());
      }
      if (call.op().equals("results-submitted") && row.index() <= last) {
        findings.violation("results of batch %s go back at row %d", call.id(), row.index());
      }
      last = row.index();
      indexes.add(row.index());
    }
    History.Batch batch = evidence.batches().get(call.id());
    if (call.ok() && batch != null) {
      findings.require(
          indexes.size() == batch.total(),
          "%s of batch %s were read to the end and have %d of %d rows",
          call.op(),
          call.id(),
          indexes.size(),
          batch.total());
    }
  }
}
