package io.threadmill.chaos;

import static io.threadmill.chaos.HistoryBuilder.attempt;
import static io.threadmill.chaos.HistoryBuilder.id;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Job;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Histories with one thing wrong in each, and the number of the invariant that says so. */
final class BadHistories {

  private static final Order PLAIN = Order.of("a", 100);

  private BadHistories() {}

  private static HistoryBuilder history() {
    return new HistoryBuilder();
  }

  private static Order order(String name) {
    return Order.of(name, 100);
  }

  private static Arguments row(String number, String what, HistoryBuilder history) {
    return Arguments.of(number, what, history.build());
  }

  static Stream<Arguments> all() {
    return Stream.of(
        row("I1", "a job is gone", history().runs("a", PLAIN, 0, 1000, 1100).without("a")),
        row("I1", "a job never ends", history().submit(0, PLAIN, "a").job("a", "queued")),
        row("I2", "a job runs that nobody sent", history().execution("z", 1, 1, 0, 10, 20, "done")),
        row(
            "I2",
            "one submission makes two jobs",
            history()
                .runs("a", PLAIN, 0, 1000, 1100)
                .job(
                    new Job(
                        id("b"), 200, "queued", 1, 0, "a", 0, 0, 0, "", 0, 0, 0, 0, "", -1,
                        List.of()))),
        row(
            "I3",
            "a run ends twice",
            history().runs("a", PLAIN, 0, 1000, 1100).event(1200, "a", "failed", 1, 1)),
        row(
            "I3",
            "an outcome that no execution gave",
            history()
                .submit(0, PLAIN, "a")
                .event(1, "a", "succeeded", 1, 1)
                .job("a", "succeeded", attempt(1, 0, 10, 20, "succeeded"))),
        row(
            "I3",
            "a result that was never stored",
            history().runs("a", PLAIN.yielding(90_000), 0, 1000, 1100)),
        row(
            "I4",
            "a late outcome is recorded",
            GoodHistories.frozen(
                FaultKind.FREEZE_LEASE, attempt(2, 0, 11_000, 12_051, "succeeded"))),
        row(
            "I4",
            "an ending is recorded for an attempt that nobody took",
            history()
                .runs("a", PLAIN, 0, 1000, 1100)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 1000, 1100, "succeeded"),
                    attempt(2, 0, 1200, 1200, "released"))),
        row(
            "I5",
            "two attempts at once without a reason",
            history().runs("a", PLAIN, 0, 1000, 9000).execution("a", 1, 2, 1, 1500, 1600, "done")),
        row(
            "I5",
            "the first goes on long after it woke",
            GoodHistories.frozen(FaultKind.FREEZE_LEASE, attempt(2, 1, 11_000, 11_100, "succeeded"))
                .execution("a", 1, 3, 1, 60_000, 61_000, "done")
                .execution("a", 1, 4, 1, 60_500, 61_000, "done")),
        row(
            "I6",
            "an attempt runs twice",
            history().runs("a", PLAIN, 0, 1000, 1100).execution("a", 1, 1, 1, 2000, 2100, "done")),
        row(
            "I6",
            "a lease is lost by a short sleep",
            GoodHistories.frozen(
                FaultKind.FREEZE_SHORT, attempt(2, 1, 11_000, 11_100, "succeeded"))),
        row(
            "I6",
            "an attempt is handed back that nobody asked for",
            history()
                .runs("a", PLAIN, 0, 1000, 1100)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 900, 950, "released"),
                    attempt(2, 0, 1000, 1100, "succeeded"))),
        row(
            "I6",
            "given up as lost after one lost attempt",
            GoodHistories.killed(20_000)
                .job(failed("a", "worker-lost", attempt(1, 0, 9500, 20_000, "lost")))),
        row("I7", "a dead instance's job waits too long", GoodHistories.killed(22_000)),
        row(
            "I8",
            "one key, two jobs",
            history()
                .runs("a", PLAIN.under("k"), 0, 1000, 1100)
                .submit(1200, PLAIN.under("k"), "b")),
        row(
            "I8",
            "another body is accepted",
            history()
                .runs("a", PLAIN.under("k"), 0, 1000, 1100)
                .submit(1200, PLAIN.under("k").delayed(9), "a")),
        row(
            "I10",
            "from scheduled to running",
            history().event(1, "a", "scheduled", 1, 0).event(2, "a", "running", 1, 1)),
        row(
            "I10",
            "a client sees an end undone",
            history()
                .call("get", 10, 15, 200, null, id("a"), "succeeded", 1)
                .call("get", 20, 25, 200, null, id("a"), "running", 1)),
        row(
            "I11",
            "a count has drifted",
            history().runs("a", PLAIN, 0, 1000, 1100).counted("chaos|succeeded", 2)),
        row(
            "I11",
            "open jobs are counted where there are none",
            history().runs("a", PLAIN, 0, 1000, 1100).counted("open", 1)),
        row(
            "I11",
            "a result that stands apart is not counted",
            history()
                .runs("a", PLAIN, 0, 1000, 1100)
                .key("o:" + id("a") + ":1", "string", -1, 90_000)),
        row(
            "I6",
            "a job that was taken, never begun and handed back",
            history()
                .submit(0, PLAIN, "a")
                .event(1, "a", "queued", 1, 0)
                .event(10, "a", "running", 1, 1)
                .event(9000, "a", "queued", 1, 1)
                .event(9001, "a", "running", 1, 2)
                .execution("a", 1, 2, 1, 9002, 9050, "done")
                .event(9051, "a", "succeeded", 1, 2)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 10, 9000, "released"),
                    attempt(2, 1, 9001, 9051, "succeeded"))),
        row(
            "I6",
            "one whose take was answered in vain and did not answer it again",
            history()
                .fault(FaultKind.LOST_TAKES, -1, 0, 3000)
                .submit(0, PLAIN, "a")
                .event(1, "a", "queued", 1, 0)
                .event(10, "a", "running", 1, 1)
                .event(9000, "a", "queued", 1, 1)
                .event(9001, "a", "running", 1, 2)
                .execution("a", 1, 2, 1, 9002, 9050, "done")
                .event(9051, "a", "succeeded", 1, 2)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 10, 9000, "released"),
                    attempt(2, 1, 9001, 9051, "succeeded"))),
        row("I12", "a result without a job", history().key("o:" + id("x") + ":1", "string", 5, 9)),
        row("I12", "a place that nobody gave back", history().key("res:k:one", "zset", -1, 1)),
        row("I12", "a trace of a deleted job", history().trace("{tm}:x:all " + id("a"))),
        row(
            "I13",
            "a job starts before its time",
            history().runs("a", PLAIN.at(5000), 0, 1000, 1100)),
        row("I13", "delayed jobs are late though nothing is wrong", late()),
        row(
            "I14",
            "the younger goes first",
            history()
                .runs("b", order("b").keyed("k", 5), 0, 1000, 1100)
                .runs("a", order("a").keyed("k", 5), 0, 1005, 1100)),
        row("I15", "two at once under a limit of one", together("one")),
        row(
            "I15",
            "three starts in a second where two are allowed",
            history()
                .runs("a", order("a").keyed("rated", 5), 0, 1000, 1010)
                .runs("b", order("b").keyed("rated", 5), 0, 1400, 1410)
                .runs("c", order("c").keyed("rated", 5), 0, 1800, 1810)),
        row("I16", "one key is served while another waits", starving("other", 5)),
        row("I16", "the lowest priority waits for ever", starving("other", 9)),
        row(
            "I18",
            "an attempt begins after the cancel",
            history().runs("a", PLAIN, 0, 1000, 1100).cancel(500, "a", 200)),
        row(
            "I18",
            "the running attempt goes on",
            history().runs("a", PLAIN, 0, 1000, 9000).cancel(1500, "a", 202)),
        row(
            "I19",
            "a stream repeats an event",
            history()
                .seen("stream", 0, 9, id("a"), "", "5-0 state {}", "5-0 state {}", "6-0 end {}")),
        row(
            "I20",
            "a stopping instance loses what it ran",
            history()
                .runs("a", PLAIN, 0, 1000, 1100)
                .stopped(0, 1050, 1500, 143)
                .stall(1000, 1500)
                .job("a", "succeeded", attempt(1, 0, 1000, 1400, "lost"))),
        row("I20", "an instance ends with an error", history().stopped(0, 50, 900, 1)),
        row("I21", "nothing starts after a fault", stuck(90)),
        row("I21", "nothing of a queue starts after a fault", flowing(stuck(250))),
        row(
            "I21",
            "submissions hang",
            history().call("submit", 1000, 3500, 503, PLAIN, null, null, 0)),
        row(
            "I22",
            "a walk leaves a job out",
            history()
                .runs("a", PLAIN.tagged(Workload.Pen.LISTED), 0, 1000, 1100)
                .seen("walk", 2000, 2100, null, "tag=" + Workload.Pen.LISTED)),
        row(
            "I22",
            "a walk shows a job twice",
            history().seen("walk", 2000, 2100, null, "tag=" + Workload.Pen.LISTED, "a", "a")));
  }

  private static Job failed(String name, String error, Attempt... attempts) {
    int last = attempts[attempts.length - 1].number();
    return new Job(
        id(name),
        200,
        "failed",
        1,
        last,
        name,
        0,
        0,
        0,
        error,
        0,
        0,
        0,
        0,
        "",
        -1,
        List.of(attempts));
  }

  private static HistoryBuilder late() {
    HistoryBuilder history = history();
    for (int i = 10; i < 50; i++) {
      Order order = order("a" + i).at(10_000L * i);
      history.runs("a" + i, order, 0, 10_000L * i + 1500, 10_000L * i + 1600);
    }
    return history;
  }

  private static HistoryBuilder together(String key) {
    return history()
        .submit(0, order("a").keyed(key, 5), "a")
        .submit(0, order("b").keyed(key, 5), "b")
        .event(10, "a", "queued", 1, 0)
        .event(10, "b", "queued", 1, 0)
        .event(20, "a", "running", 1, 1)
        .event(20, "b", "running", 1, 1)
        .job("a", "running")
        .job("b", "running");
  }

  /** One job of priority 5 waits while a hundred of another key start. */
  private static HistoryBuilder starving(String key, int priority) {
    HistoryBuilder history =
        history()
            .submit(0, order("a").keyed("own", 5), "a")
            .event(1, "a", "queued", 1, 0)
            .job("a", "queued");
    for (int i = 100; i < 200; i++) {
      history.runs("b" + i, order("b" + i).keyed(key, priority), 0, i, i + 10);
    }
    return history;
  }

  /** Before the fault it had. */
  private static HistoryBuilder flowing(HistoryBuilder history) {
    for (int i = 10; i < 90; i++) {
      history.runs("c" + i, order("c" + i), 0, 10L * i, 10L * i + 10);
    }
    return history;
  }

  private static HistoryBuilder stuck(int last) {
    HistoryBuilder history = history().fault(FaultKind.REDIS_KILL, -1, 1000, 2000).loadEnd(60_000);
    for (int i = 10; i < last; i++) {
      history
          .submit(13_000, order("a" + i), "a" + i)
          .event(13_000, "a" + i, "queued", 1, 0)
          .job("a" + i, "queued");
    }
    return history;
  }
}
