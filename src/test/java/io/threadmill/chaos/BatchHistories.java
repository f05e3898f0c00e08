package io.threadmill.chaos;

import static io.threadmill.chaos.HistoryBuilder.BATCH;
import static io.threadmill.chaos.HistoryBuilder.attempt;
import static io.threadmill.chaos.HistoryBuilder.id;

import io.threadmill.chaos.BatchCall.Row;
import io.threadmill.chaos.BatchCall.Told;
import io.threadmill.chaos.BatchOrder.Fault;
import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Batch;
import io.threadmill.chaos.History.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Histories of one batch of three rows, as they should be and not. */
final class BatchHistories {

  private static final BatchOrder ORDER = order(false);
  private static final BatchOrder RETRIED = order(true);
  private static final Told RUNNING = new Told("running", 3, 3, 1, "", false);
  private static final Told FINISHED = new Told("finished", 3, 3, 0, "t1", false);

  private BatchHistories() {}

  private static BatchOrder order(boolean failing) {
    return BatchOrder.of(
        "b",
        true,
        IntStream.range(0, 3)
            .mapToObj(i -> ChaosParams.of("r" + i, 10).failing(0, failing ? 1 : 0, failing))
            .toList());
  }

  /** The rows that are there at the end, each of which ran where it succeeded. */
  private static HistoryBuilder rows(BatchOrder order, String state, String... rows) {
    var history = new HistoryBuilder();
    var counts = new TreeMap<String, Long>();
    var completed = new ArrayList<String>();
    for (int i = 0; i < rows.length; i++) {
      boolean ran = rows[i].equals("succeeded");
      boolean invalid = order.rows().get(i).fault() != Fault.NONE;
      List<Attempt> attempts =
          ran ? List.of(attempt(1, 0, 1000, 1100, "succeeded")) : List.<Attempt>of();
      int one = ran ? 1 : 0;
      String error = invalid ? "invalid-item" : "";
      history.job(
          new Job(
              id("r" + i),
              200,
              rows[i],
              1,
              one,
              "r" + i,
              one,
              one,
              0,
              error,
              0,
              1100,
              0,
              0,
              BATCH,
              i,
              attempts));
      if (ran) {
        history.execution("r" + i, 1, 1, 0, 1001, 1099, "done");
      }
      counts.merge(rows[i], 1L, Long::sum);
      completed.add(id("r" + i) + " 1");
    }
    boolean ended = state.equals("finished") || state.equals("cancelled");
    return history.batch(batch(state, counts, order.isCut() && ended, ended ? 1100 : 0, completed));
  }

  private static Batch batch(
      String state, Map<String, Long> counts, boolean cut, long finished, List<String> completed) {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    return new Batch(BATCH, state, total, counts, cut, finished, completed);
  }

  private static HistoryBuilder whole() {
    return rows(ORDER, "finished", "succeeded", "succeeded", "succeeded")
        .batchCall("intake", 900, 950, 202, ORDER, RUNNING)
        .batchCall("look", 1200, 1210, 200, null, FINISHED);
  }

  private static Row read(int index) {
    return new Row(id("r" + index), index, 1, "succeeded");
  }

  /** Hung up after two lines; nothing was answered. */
  private static HistoryBuilder cut(BatchOrder order, String state, String... rows) {
    return rows(order, state, rows).batchCall("intake", 900, 950, 0, order, null);
  }

  static Stream<Arguments> good() {
    BatchOrder spoilt = ORDER.spoilt(1, Fault.WRONG);
    return Stream.of(
        row(
            "a batch that is read in both orders",
            whole()
                .batchCall(
                    "results-completed", 960, 1300, 200, null, null, read(2), read(0), read(1))
                .batchCall(
                    "results-submitted", 960, 1300, 200, null, null, read(0), read(1), read(2))
                .batchCall("events", 960, 1300, 200, null, null, read(2), read(0), read(1))),
        row(
            "a batch with a bad row",
            rows(spoilt, "finished", "succeeded", "failed", "succeeded")
                .batchCall("intake", 900, 950, 202, spoilt, RUNNING)),
        row("a batch cut off", cut(ORDER.cutAfter(2), "finished", "succeeded", "succeeded")),
        row(
            "an atomic batch cut off",
            cut(ORDER.atomically().cutAfter(2), "cancelled", "cancelled", "cancelled")),
        row(
            "a batch that is refused as a whole",
            new HistoryBuilder().batchCall("intake", 900, 950, 422, spoilt.atomically(), null)),
        row(
            "a batch whose end nobody heard",
            rows(ORDER, "open", "succeeded", "succeeded")
                .loadEnd(60_000)
                .killed(0, 940)
                .batchCall("intake", 900, 950, 0, ORDER, null)),
        row(
            "a batch that ends again after a retry",
            rows(ORDER, "finished", "succeeded", "succeeded", "succeeded")
                .batchCall("intake", 900, 950, 202, ORDER, RUNNING)
                .batchCall("look", 960, 970, 200, null, FINISHED)
                .batchCall("retry", 980, 985, 202, null, RUNNING)
                .batchCall(
                    "look", 1200, 1210, 200, null, new Told("finished", 3, 3, 0, "t2", false))),
        row(
            "a batch that is deleted",
            new HistoryBuilder()
                .batchCall("intake", 900, 950, 202, ORDER, RUNNING)
                .batchCall("delete", 1200, 1210, 204, null, null)));
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        bad(
            "counts do not add up",
            whole()
                .batchCall("look", 960, 965, 200, null, new Told("running", 3, 4, 1, "", false))),
        bad(
            "it ends with a row left",
            whole()
                .batchCall(
                    "look", 960, 965, 200, null, new Told("finished", 3, 3, 1, "t1", false))),
        bad(
            "it ends twice",
            whole()
                .batchCall(
                    "look", 1300, 1310, 200, null, new Told("finished", 3, 3, 0, "t2", false))),
        bad("it is open again", whole().batchCall("look", 1300, 1310, 200, null, RUNNING)),
        bad(
            "a result comes twice",
            whole().batchCall("results-completed", 960, 1300, 200, null, null, read(0), read(0))),
        bad(
            "a result is left out",
            whole().batchCall("results-completed", 960, 1300, 200, null, null, read(0), read(2))),
        bad(
            "results go back",
            whole()
                .batchCall(
                    "results-submitted", 960, 1300, 200, null, null, read(1), read(0), read(2))),
        bad(
            "a row is lost",
            rows(ORDER, "finished", "succeeded", "succeeded")
                .batchCall("intake", 900, 950, 202, ORDER, RUNNING)),
        bad(
            "a row's end is not logged",
            whole()
                .batch(
                    batch(
                        "finished",
                        Map.of("succeeded", 3L),
                        false,
                        1100,
                        List.of(id("r0") + " 1", id("r1") + " 1")))),
        bad(
            "cut off and open for ever",
            cut(ORDER.cutAfter(2), "open", "succeeded", "succeeded").loadEnd(60_000)),
        bad(
            "cut off and not said so",
            cut(ORDER.cutAfter(2), "finished", "succeeded", "succeeded")
                .batch(
                    batch(
                        "finished",
                        Map.of("succeeded", 2L),
                        false,
                        1100,
                        List.of(id("r0") + " 1", id("r1") + " 1")))),
        bad(
            "atomic, cut off, and a row runs",
            cut(ORDER.atomically().cutAfter(2), "cancelled", "cancelled", "succeeded")),
        bad(
            "a bad row runs",
            rows(ORDER, "finished", "succeeded", "succeeded", "succeeded")
                .batchCall("intake", 900, 950, 202, ORDER.spoilt(1, Fault.WRONG), RUNNING)),
        bad("it is gone", new HistoryBuilder().batchCall("intake", 900, 950, 202, ORDER, RUNNING)),
        bad("it is deleted and there", whole().batchCall("delete", 1300, 1310, 204, null, null)),
        bad("it is cancelled and finishes", whole().batchCall("cancel", 960, 965, 202, null, null)),
        bad(
            "its failed rows are not run again",
            rows(RETRIED, "finished", "failed", "failed", "failed")
                .batchCall("intake", 900, 950, 202, RETRIED, RUNNING)
                .batchCall("retry", 1300, 1310, 202, null, null)));
  }

  private static Arguments row(String what, HistoryBuilder history) {
    return Arguments.of(what, history.build());
  }

  private static Arguments bad(String what, HistoryBuilder history) {
    return Arguments.of("I17", what, history.build());
  }
}
