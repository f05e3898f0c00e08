package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Event;
import io.threadmill.job.JobLifecycle;
import io.threadmill.job.JobState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * I10: a job moves only as the table of {@link JobLifecycle} says, its run goes up only when it is
 * queued again, its attempts never go back; and no client sees a run go back.
 */
final class LegalMoves implements Invariant {

  @Override
  public String number() {
    return "I10";
  }

  @Override
  public String title() {
    return "only legal moves";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("moves");
    evidence
        .events()
        .forEach((id, events) -> {
          Event last = null;
          for (Event event : events) {
            findings.require(
                last == null ? isFirst(event) : isLegal(last, event),
                "job %s went from %s to %s",
                id,
                last == null ? "nothing" : told(last),
                told(event));
            last = event;
          }
        });
    evidence.history().calls().stream()
        .filter(call -> call.ok() && call.id() != null && call.state() != null && call.run() > 0)
        .collect(Collectors.groupingBy(Call::id))
        .forEach((id, reads) -> neverBack(id, reads, findings));
    return findings;
  }

  private static String told(Event event) {
    return event.state() + " (run " + event.run() + ", attempt " + event.attempt() + ")";
  }

  private static boolean isFirst(Event event) {
    return event.run() == 1
        && event.attempt() == 0
        && (event.state().equals("scheduled") || event.state().equals("queued"));
  }

  static boolean isLegal(Event from, Event to) {
    if (to.run() == from.run() + 1) {
      return to.state().equals("queued")
          && (from.state().equals("failed") || from.state().equals("cancelled"));
    }
    if (to.run() != from.run() || to.attempt() < from.attempt()) {
      return false;
    }
    if (from.state().equals("running") && to.state().equals("running")) {
      return from.attempt() == to.attempt(); // a running job was asked to stop
    }
    Optional<JobState> before = JobState.ofWireName(from.state());
    Optional<JobState> after = JobState.ofWireName(to.state());
    return before.isPresent()
        && after.isPresent()
        && Stream.of(JobLifecycle.Event.values())
            .filter(event -> event != JobLifecycle.Event.REQUEUED)
            .anyMatch(event -> JobLifecycle.after(before.get(), event).equals(after));
  }

  /** Of two reads where the first was answered before the second was asked. */
  private static void neverBack(String id, List<Call> reads, Findings findings) {
    List<Call> byEnd = reads.stream().sorted(Comparator.comparingLong(Call::end)).toList();
    for (int i = 0; i < byEnd.size(); i++) {
      for (int j = i + 1; j < byEnd.size(); j++) {
        Call before = byEnd.get(i);
        Call after = byEnd.get(j);
        if (after.begin() > before.end()) {
          boolean back =
              after.run() < before.run()
                  || after.run() == before.run()
                      && Evidence.isEnd(before.state())
                      && !after.state().equals(before.state());
          findings.require(
              !back,
              "job %s was read as %s in run %d and later as %s in run %d",
              id,
              before.state(),
              before.run(),
              after.state(),
              after.run());
        }
      }
    }
  }
}
