package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Event;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * I19: a stream that was cut and resumed with {@code Last-Event-ID} shows each change once and in
 * order, or says that there is a gap.
 */
final class Streams implements Invariant {

  @Override
  public String number() {
    return "I19";
  }

  @Override
  public String title() {
    return "a resumed stream repeats and leaves out nothing";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("streams");
    evidence
        .history()
        .calls("stream")
        .filter(Call::ok)
        .forEach(call -> {
          findings.looked();
          check(call, evidence, findings);
        });
    return findings;
  }

  private static void check(Call call, Evidence evidence, Findings findings) {
    List<String[]> seen = call.seen().stream().map(event -> event.split(" ", 3)).toList();
    if (seen.stream().anyMatch(event -> event[1].equals("gap"))) {
      return;
    }
    String last = "";
    for (String[] event : seen) {
      boolean end = event[1].equals("end");
      if (!last.isEmpty() && (end ? compare(event[0], last) < 0 : compare(event[0], last) <= 0)) {
        findings.violation(
            "the stream of %s shows %s %s after %s", call.id(), event[1], event[0], last);
      }
      last = event[0];
    }
    long shown = seen.stream().skip(1).filter(event -> event[1].equals("state")).count();
    long recorded = changesAfter(seen.getFirst()[2], evidence.events(call.id()));
    if (evidence.setup().eventsWhole() && shown < recorded) {
      findings.violation(
          "the stream of %s shows %d changes, there were %d: %s",
          call.id(), shown, recorded, call.seen());
    }
  }

  /** A stream begins with the job as it is then; what the log has after that must follow. */
  private static long changesAfter(String first, List<Event> events) {
    JsonNode job = Recording.JSON.readTree(first);
    long after = 0;
    for (Event event : events) {
      boolean same =
          event.state().equals(job.path("state").asString())
              && event.run() == job.path("run").asInt()
              && event.attempt() == job.path("attempt").asInt();
      after = same ? 0 : after + 1;
    }
    return after;
  }

  private static int compare(String one, String other) {
    String[] a = one.split("-", 2);
    String[] b = other.split("-", 2);
    int byTime = Long.compare(Long.parseLong(a[0]), Long.parseLong(b[0]));
    return byTime != 0 ? byTime : Long.compare(Long.parseLong(a[1]), Long.parseLong(b[1]));
  }
}
