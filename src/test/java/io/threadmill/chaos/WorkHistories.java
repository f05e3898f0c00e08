package io.threadmill.chaos;

import static io.threadmill.chaos.HistoryBuilder.attempt;
import static io.threadmill.chaos.HistoryBuilder.id;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Job;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Histories of a job with children, and of one that keeps checkpoints. */
final class WorkHistories {

  private static final Order PARENT = Order.of("a", 10).spawning(1);
  private static final Order STEPPING = Order.of("a", 100).stepping(3);
  private static final String CHILD = "a/1/0";

  private WorkHistories() {}

  static Stream<Arguments> good() {
    return Stream.of(
        Arguments.of("a parent that waits for its child", family(1200).build()),
        Arguments.of("one whose instance dies between two steps", steps(2, 3).build()),
        Arguments.of(
            "one whose last step was kept and not answered",
            steps(3, 3).mark(1950, "a", 1, "keeps", 3).build()),
        Arguments.of(
            "an instance that counts what it refused",
            GoodHistories.frozen(FaultKind.FREEZE_LEASE, attempt(2, 1, 11_000, 11_100, "succeeded"))
                .counting(0, 1)
                .build()));
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("I23", "a parent goes on before its child", family(1450).build()),
        Arguments.of("I23", "a child is lost", family(1200).without("c").build()),
        Arguments.of(
            "I23",
            "a parent waits for ever",
            family(1200)
                .job(
                    new Job(
                        id("a"),
                        200,
                        "queued",
                        1,
                        1,
                        "a",
                        0,
                        0,
                        0,
                        "",
                        0,
                        0,
                        0,
                        0,
                        "",
                        -1,
                        List.of(attempt(1, 0, 1000, 1050, "released"))))
                .build()),
        Arguments.of("I24", "a step is forgotten", steps(1, 3).build()),
        Arguments.of("I24", "a step that nobody sent", steps(3, 3).build()),
        Arguments.of(
            "I24",
            "a step is kept under a lost lease",
            steps(2, 3).mark(2200, "a", 1, "keeps", 3).mark(2210, "a", 1, "kept", 3).build()),
        Arguments.of("I24", "progress is lost", steps(2, 1).build()),
        Arguments.of(
            "I6",
            "an attempt misses Redis, which was there",
            new HistoryBuilder()
                .submit(990, STEPPING, "a")
                .job(
                    job(
                        "a",
                        "a",
                        2000,
                        3,
                        new Attempt(1, 100, 1000, 1050, "failed", "store-unavailable"),
                        attempt(2, 0, 1900, 2000, "succeeded")))
                .build()),
        Arguments.of(
            "I4",
            "an instance says it refused nothing",
            GoodHistories.frozen(FaultKind.FREEZE_LEASE, attempt(2, 1, 11_000, 11_100, "succeeded"))
                .counting(0, 0)
                .build()),
        Arguments.of(
            "I4",
            "an instance refuses what was not late",
            new HistoryBuilder()
                .runs("a", Order.of("a", 100), 0, 1000, 1100)
                .counting(0, 1)
                .build()));
  }

  private static Job job(
      String name, String token, long finished, long progress, Attempt... attempts) {
    int last = attempts[attempts.length - 1].number();
    return new Job(
        id(name),
        200,
        "succeeded",
        1,
        last,
        token,
        1,
        last,
        0,
        "",
        0,
        finished,
        0,
        progress,
        "",
        -1,
        List.of(attempts));
  }

  /** Its child ends at an instant; the parent goes on at 1400. */
  private static HistoryBuilder family(long childEnd) {
    return new HistoryBuilder()
        .submit(990, PARENT, "a")
        .event(991, "a", "queued", 1, 0)
        .event(1000, "a", "running", 1, 1)
        .execution("a", 1, 1, 0, 1001, 1040, "awaits")
        .mark(1020, "a", 1, "spawned", 1)
        .event(1010, "c", "queued", 1, 0)
        .event(1050, "a", "queued", 1, 1)
        .event(1100, "c", "running", 1, 1)
        .child("c", CHILD, 1101, childEnd - 1)
        .event(childEnd, "c", "succeeded", 1, 1)
        .job(job("c", CHILD, childEnd, 0, attempt(1, 1, 1100, childEnd, "succeeded")))
        .event(1400, "a", "running", 1, 2)
        .execution("a", 1, 2, 0, 1401, 1440, "done")
        .event(1450, "a", "succeeded", 1, 2)
        .job(
            job(
                "a",
                "a",
                1450,
                0,
                attempt(1, 0, 1000, 1050, "released"),
                attempt(2, 0, 1400, 1450, "succeeded")));
  }

  /** Two steps were kept when its instance died at 2000. */
  private static HistoryBuilder steps(int resumed, int progress) {
    return new HistoryBuilder()
        .submit(990, STEPPING, "a")
        .killed(0, 2000)
        .execution("a", 1, 1, 0, 1001, 0, "")
        .mark(1002, "a", 1, "resumed", 0)
        .mark(1100, "a", 1, "keeps", 1)
        .mark(1110, "a", 1, "kept", 1)
        .mark(1200, "a", 1, "keeps", 2)
        .mark(1210, "a", 1, "kept", 2)
        .execution("a", 1, 2, 1, 2101, 2300, "done")
        .mark(2102, "a", 2, "resumed", resumed)
        .event(991, "a", "queued", 1, 0)
        .event(1000, "a", "running", 1, 1)
        .event(2090, "a", "queued", 1, 1)
        .event(2100, "a", "running", 1, 2)
        .event(2310, "a", "succeeded", 1, 2)
        .job(
            job(
                "a",
                "a",
                2310,
                progress,
                attempt(1, 0, 1000, 2090, "lost"),
                attempt(2, 1, 2100, 2310, "succeeded")));
  }
}
