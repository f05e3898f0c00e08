package io.threadmill.chaos;

import io.threadmill.chaos.BatchOrder.Row;
import io.threadmill.chaos.History.Batch;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Known;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The part of I17 that compares what clients sent with the rows that are there at the end. */
final class BatchRows {

  private static final String INVALID = "invalid-item";

  /**
   * A batch whose instance died between its lines is closed after two minutes; the harness waits no
   * longer than that.
   */
  private static final long SILENCE = 130_000;

  private final Evidence evidence;
  private final Findings findings;
  private final Map<String, BatchCall> intakes = new HashMap<>();

  BatchRows(Evidence evidence, Findings findings) {
    this.evidence = evidence;
    this.findings = findings;
    for (BatchCall intake : evidence.intakes()) {
      intake.order().rows().forEach(row -> intakes.put(row.params().token(), intake));
    }
  }

  void check(Map<String, List<BatchCall>> byBatch) {
    for (Batch batch : evidence.batches().values()) {
      findings.looked();
      List<Job> rows = evidence.rows(batch.id());
      counted(batch, rows);
      BatchCall intake = intakeOf(rows);
      if (intake != null) {
        ended(batch, intake);
        asSent(batch, rows, intake);
        changed(batch, rows, byBatch.getOrDefault(batch.id(), List.of()), intake.order());
      }
    }
    byBatch.forEach((id, calls) -> {
      boolean deleted =
          calls.stream().anyMatch(call -> call.op().equals("delete") && call.known() != Known.FAIL);
      boolean accepted = calls.stream().anyMatch(call -> call.op().equals("intake") && call.ok());
      if (accepted && !deleted && !evidence.batches().containsKey(id)) {
        findings.violation("batch %s was answered 202 and is gone", id);
      }
      if (calls.stream().anyMatch(call -> call.op().equals("delete") && call.ok())
          && evidence.batches().containsKey(id)) {
        findings.violation("batch %s was deleted and is still there", id);
      }
    });
  }

  private @Nullable BatchCall intakeOf(List<Job> rows) {
    return rows.stream()
        .map(row -> intakes.get(row.token()))
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private void counted(Batch batch, List<Job> rows) {
    var found =
        rows.stream()
            .collect(Collectors.groupingBy(Job::state, TreeMap::new, Collectors.counting()));
    var told = new TreeMap<>(batch.counts());
    told.values().removeIf(count -> count == 0);
    if (rows.size() != batch.total() || !found.equals(told)) {
      findings.violation(
          "batch %s tells %d rows, %s; there are %s", batch.id(), batch.total(), told, found);
    }
    List<String> ends = rows.stream().map(row -> row.id() + " " + row.run()).sorted().toList();
    if (!batch.completed().stream().sorted().toList().equals(ends)) {
      findings.violation(
          "batch %s logs %d ends of its %d rows",
          batch.id(), batch.completed().size(), ends.size());
    }
  }

  private void ended(Batch batch, BatchCall intake) {
    boolean ended = batch.state().equals("finished") || batch.state().equals("cancelled");
    boolean mayBeOpen =
        !intake.ok()
            && !heardTheEnd(intake)
            && evidence.setup().drained() - intake.begin() < SILENCE;
    if (!ended && !(batch.state().equals("open") && mayBeOpen)) {
      findings.violation(
          "batch %s is %s, %d ms after its client was done",
          batch.id(), batch.state(), evidence.setup().drained() - intake.end());
    }
  }

  /** The client hung up, and its instance was there to see it and could tell Redis. */
  private boolean heardTheEnd(BatchCall intake) {
    long until = Math.min(intake.end(), intake.begin() + 10_000);
    return intake.order().isCut()
        && evidence.weather().couldAnswer(intake.slot(), intake.begin(), until + 2000)
        && evidence.weather().outage(intake.slot(), intake.begin(), until + 2000) == 0;
  }

  private void asSent(Batch batch, List<Job> rows, BatchCall intake) {
    BatchOrder order = intake.order();
    for (int i = 0; i < rows.size(); i++) {
      Job job = rows.get(i);
      Row row = i < order.rows().size() ? order.rows().get(i) : null;
      boolean same = row != null && (job.token().equals(row.params().token()) || !row.isValid());
      if (job.index() != i || !same) {
        findings.violation(
            "batch %s: row %d stands in place %d as \"%s\"",
            batch.id(), job.index(), i, job.token());
      } else if (row.isValid() == job.error().equals(INVALID)) {
        findings.violation(
            "batch %s: row %d, which is %s, is %s %s",
            batch.id(), i, row.fault(), job.state(), job.error());
      }
    }
    int sent = order.isCut() ? order.cut() : order.rows().size();
    boolean allCame = intake.ok() || heardTheEnd(intake);
    if (rows.size() > sent || allCame && rows.size() < sent) {
      findings.violation("batch %s has %d rows of %d sent", batch.id(), rows.size(), sent);
    }
    if (intake.known() == Known.FAIL) {
      findings.violation("batch %s was refused and has %d rows", batch.id(), rows.size());
    }
    if (batch.truncated() ? intake.ok() : order.isCut() && batch.finished() > 0) {
      findings.violation(
          "batch %s: truncated is %s, cut after %d", batch.id(), batch.truncated(), order.cut());
    }
    if (order.isCut() && order.atomic() && batch.finished() > 0) {
      noneRuns(batch, rows);
    }
  }

  private void noneRuns(Batch batch, List<Job> rows) {
    for (Job row : rows) {
      if (!evidence.executions(row.id()).isEmpty() || !row.state().equals("cancelled")) {
        findings.violation(
            "row %d of the atomic batch %s, which was cut off, is %s",
            row.index(), batch.id(), row.state());
      }
    }
  }

  private void changed(Batch batch, List<Job> rows, List<BatchCall> calls, BatchOrder order) {
    boolean retried = false;
    boolean cancelled = false;
    for (BatchCall call : calls) {
      retried |= call.op().equals("retry") && call.ok();
      cancelled |= call.op().equals("cancel") && call.ok();
    }
    if (cancelled && !batch.state().equals("cancelled")) {
      findings.violation("batch %s was cancelled and is %s", batch.id(), batch.state());
    }
    if (!retried) {
      return;
    }
    for (Job job : rows) {
      Row row = job.index() < order.rows().size() ? order.rows().get(job.index()) : null;
      if (row != null && row.params().failRuns() > 0 && job.run() != 2) {
        findings.violation(
            "batch %s was retried; its row %d is %s in run %d",
            batch.id(), job.index(), job.state(), job.run());
      }
    }
  }
}
