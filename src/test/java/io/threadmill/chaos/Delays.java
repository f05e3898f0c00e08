package io.threadmill.chaos;

import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Job;
import java.util.ArrayList;
import java.util.List;

/**
 * I13: nothing starts before its time; and where nothing was done to the run and no flood or queue
 * stands before it, it starts soon after: 99 of 100 within a second.
 */
final class Delays implements Invariant {

  private static final long LATE = 1000;
  private static final int ENOUGH = 20;

  @Override
  public String number() {
    return "I13";
  }

  @Override
  public String title() {
    return "delayed jobs start when they should";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("delayed jobs in quiet times");
    var full = new FullPools(evidence);
    List<Long> lateness = new ArrayList<>();
    for (Job job : evidence.jobs().values()) {
      Order order = evidence.order(job.id());
      if (order == null || order.delay() == 0 && order.runAt() == 0) {
        continue;
      }
      long due = order.runAt() > 0 ? order.runAt() : job.created() + order.delay();
      Event start = firstStart(evidence.events(job.id()));
      if (start == null) {
        continue;
      }
      if (start.at() < due) {
        findings.violation("job %s started %d ms before its time", job.id(), due - start.at());
      }
      if (evidence.weather().isQuiet(due, start.at()) && !full.touch(due, start.at())) {
        findings.looked();
        lateness.add(start.at() - due - evidence.weather().stalled(due, start.at()));
      }
    }
    if (lateness.size() >= ENOUGH) {
      lateness.sort(null);
      long most = lateness.get(lateness.size() * 99 / 100);
      if (most > LATE) {
        findings.violation(
            "of %d delayed jobs in quiet times one in a hundred was %d ms late or more",
            lateness.size(), most);
      }
    }
    return findings;
  }

  private static Event firstStart(List<Event> events) {
    return events.stream()
        .filter(event -> event.state().equals("running"))
        .findFirst()
        .orElse(null);
  }
}
