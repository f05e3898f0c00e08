package io.threadmill.chaos;

import static io.threadmill.chaos.HistoryBuilder.attempt;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Histories as they should be, whatever happened in them. */
final class GoodHistories {

  private static final Order PLAIN = Order.of("a", 100);

  private GoodHistories() {}

  private static HistoryBuilder history() {
    return new HistoryBuilder();
  }

  private static Arguments row(String what, HistoryBuilder history) {
    return Arguments.of(what, history.build());
  }

  static Stream<Arguments> all() {
    return Stream.of(
        row("a job that runs once", history().runs("a", PLAIN, 0, 1000, 1100)),
        row(
            "one that fails and is tried again",
            history()
                .submit(0, PLAIN.failing(1, 0, false), "a")
                .event(1, "a", "queued", 1, 0)
                .event(10, "a", "running", 1, 1)
                .execution("a", 1, 1, 0, 11, 50, "failed")
                .event(51, "a", "scheduled", 1, 1)
                .event(300, "a", "queued", 1, 1)
                .event(301, "a", "running", 1, 2)
                .execution("a", 1, 2, 1, 302, 350, "done")
                .event(351, "a", "succeeded", 1, 2)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 10, 51, "failed"),
                    attempt(2, 1, 301, 351, "succeeded"))),
        row("one whose instance is killed", killed(20_000)),
        row(
            "one whose instance sleeps past its lease and wakes",
            frozen(FaultKind.FREEZE_LEASE, attempt(2, 1, 11_000, 11_100, "succeeded"))),
        row(
            "one whose instance sleeps between the take and the first step",
            history()
                .submit(900, PLAIN, "a")
                .event(901, "a", "queued", 1, 0)
                .event(950, "a", "running", 1, 1)
                .fault(FaultKind.FREEZE_LEASE, 0, 1000, 12_000)
                .event(10_900, "a", "queued", 1, 1)
                .event(11_000, "a", "running", 1, 2)
                .execution("a", 1, 2, 1, 11_001, 12_300, "done")
                .execution("a", 1, 1, 0, 12_010, 12_400, "interrupted")
                .event(12_301, "a", "succeeded", 1, 2)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 950, 10_900, "lost"),
                    attempt(2, 1, 11_000, 12_301, "succeeded"))),
        row(
            "the same key twice, and another body",
            history()
                .runs("a", PLAIN.under("k"), 0, 1000, 1100)
                .submit(1200, PLAIN.under("k"), "a")
                .call("submit", 1300, 1305, 422, PLAIN.under("k").delayed(5), null, null, 0)),
        row(
            "a running job that is cancelled",
            history()
                .submit(0, PLAIN, "a")
                .event(1, "a", "queued", 1, 0)
                .event(10, "a", "running", 1, 1)
                .cancel(20, "a", 202)
                .event(24, "a", "running", 1, 1)
                .execution("a", 1, 1, 0, 11, 500, "interrupted")
                .event(510, "a", "cancelled", 1, 1)
                .job("a", "cancelled", attempt(1, 0, 10, 510, "cancelled"))),
        row(
            "an instance that is asked to stop",
            history()
                .submit(0, PLAIN, "a")
                .event(1, "a", "queued", 1, 0)
                .event(10, "a", "running", 1, 1)
                .execution("a", 1, 1, 0, 11, 600, "interrupted")
                .event(610, "a", "queued", 1, 1)
                .event(620, "a", "running", 1, 2)
                .execution("a", 1, 2, 1, 621, 700, "done")
                .event(701, "a", "succeeded", 1, 2)
                .stopped(0, 50, 900, 143)
                .job(
                    "a",
                    "succeeded",
                    attempt(1, 0, 10, 610, "released"),
                    attempt(2, 1, 620, 701, "succeeded"))));
  }

  /** Taken over at an instant after a kill at 10 000. */
  static HistoryBuilder killed(long takenOver) {
    return history()
        .submit(9000, PLAIN, "a")
        .event(9001, "a", "queued", 1, 0)
        .event(9500, "a", "running", 1, 1)
        .execution("a", 1, 1, 0, 9501, 0, "")
        .killed(0, 10_000)
        .event(takenOver, "a", "queued", 1, 1)
        .event(takenOver + 10, "a", "running", 1, 2)
        .execution("a", 1, 2, 1, takenOver + 11, takenOver + 100, "done")
        .event(takenOver + 101, "a", "succeeded", 1, 2)
        .job(
            "a",
            "succeeded",
            attempt(1, 0, 9500, takenOver, "lost"),
            attempt(2, 1, takenOver + 10, takenOver + 101, "succeeded"));
  }

  /** Frozen from 1000 to 12 000; another attempt ran from 11 000 to 11 100. */
  static HistoryBuilder frozen(FaultKind kind, History.Attempt second) {
    return history()
        .submit(900, PLAIN, "a")
        .event(901, "a", "queued", 1, 0)
        .event(950, "a", "running", 1, 1)
        .execution("a", 1, 1, 0, 951, 12_050, "done")
        .fault(kind, 0, 1000, 12_000)
        .event(10_900, "a", "queued", 1, 1)
        .event(11_000, "a", "running", 1, 2)
        .execution("a", 1, 2, 1, 11_001, 11_100, "done")
        .event(11_101, "a", "succeeded", 1, 2)
        .job("a", "succeeded", attempt(1, 0, 950, 10_900, "lost"), second);
  }
}
