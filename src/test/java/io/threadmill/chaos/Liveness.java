package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Fault;
import io.threadmill.chaos.History.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * I21: ten seconds after a fault work flows as before, without a restart: of what becomes ready
 * then and is under no limit, nine in ten start within two seconds. And whatever Redis does, a POST
 * is answered in time by an instance that can answer.
 */
final class Liveness implements Invariant {

  private static final long HEALED = 10_000;
  private static final long WINDOW = 10_000;
  private static final long PROMPT = 2000;
  private static final int ENOUGH = 50;

  /** Two seconds, and a busy machine's part. */
  private static final long ANSWERED = 3000;

  private record Window(long from, long to) {}

  @Override
  public String number() {
    return "I21";
  }

  @Override
  public String title() {
    return "work flows again after each fault";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("calm spells and answers");
    for (Window window : windows(evidence)) {
      flows(window, evidence, findings);
    }
    answersInTime(evidence, findings);
    return findings;
  }

  /** Spells without a fault that begin ten seconds after one. */
  private static List<Window> windows(Evidence evidence) {
    var windows = new ArrayList<Window>();
    long loadEnd = evidence.setup().loadEnd();
    for (Fault fault : evidence.history().faults()) {
      long from = fault.end() + HEALED;
      long to = Math.min(from + WINDOW, loadEnd - PROMPT);
      boolean calm =
          evidence.history().faults().stream()
              .noneMatch(other -> other.end() > fault.end() && other.begin() < to);
      boolean up =
          evidence.history().lives().stream()
              .noneMatch(life ->
                  life.begin() > evidence.setup().begin()
                      && life.begin() < to
                      && (life.ready() == 0 || life.ready() + HEALED > from));
      if (calm && up && to - from >= WINDOW / 2) {
        windows.add(new Window(from, to));
      }
    }
    return windows;
  }

  private static void flows(Window window, Evidence evidence, Findings findings) {
    Map<String, Long> ready = new HashMap<>();
    int all = 0;
    int prompt = 0;
    for (Event event : evidence.history().events()) {
      Order order = evidence.order(event.id());
      if (order == null || evidence.setup().limits().containsKey(order.key())) {
        continue;
      }
      if (event.state().equals("queued")
          && event.at() >= window.from()
          && event.at() < window.to()) {
        ready.put(event.id(), event.at());
      } else {
        Long since = ready.remove(event.id());
        if (since != null && event.state().equals("running")) {
          all++;
          long stalled = evidence.weather().stalled(since, event.at());
          prompt += event.at() - since - stalled <= PROMPT ? 1 : 0;
        }
      }
    }
    all += ready.size();
    if (all >= ENOUGH) {
      findings.require(
          prompt * 10L >= all * 9L,
          "from %d to %d, ten seconds after the last fault, %d of %d jobs started within 2 s",
          window.from(),
          window.to(),
          prompt,
          all);
    }
  }

  private static void answersInTime(Evidence evidence, Findings findings) {
    int all = 0;
    int late = 0;
    long latest = 0;
    for (Call call : evidence.history().calls("submit").toList()) {
      boolean ended = call.end() < Long.MAX_VALUE;
      if (ended && evidence.weather().couldAnswer(call.slot(), call.begin(), call.end())) {
        all++;
        long took =
            call.end() - call.begin() - evidence.weather().stalled(call.begin(), call.end());
        if (took > ANSWERED
            || call.status() == 0 && call.known() == Known.INFO && took > ANSWERED / 2) {
          late++;
          latest = Math.max(latest, took);
        }
      }
    }
    if (all > 0) {
      findings.require(
          late * 100L <= all,
          "%d of %d submissions were not answered within 3 s, one took %d ms",
          late,
          all,
          latest);
    }
  }
}
