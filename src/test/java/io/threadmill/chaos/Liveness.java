package io.threadmill.chaos;

import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Fault;
import io.threadmill.chaos.History.Life;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * I21: five seconds after a fault work flows as before, without a restart: of what becomes ready
 * then and is under no limit and behind no flood, nine in ten start within two seconds. And
 * whatever Redis does, a POST is answered within two seconds by an instance that can answer.
 */
final class Liveness implements Invariant {

  private static final long HEALED = 5_000;
  private static final long WINDOW = 10_000;
  private static final long PROMPT = 2000;
  private static final int ENOUGH = 50;

  /** Two seconds for the instance, and what the way there, the client and its log take. */
  private static final long ANSWERED = 2000 + 250;

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
    var findings = new Findings("calm spells");
    var full = new FullPools(evidence);
    for (Window window : windows(evidence)) {
      flows(window, evidence, full, findings);
    }
    answersInTime(evidence, findings);
    return findings;
  }

  /** Spells without a fault that begin five seconds after one, or after what it restarted is up. */
  private static List<Window> windows(Evidence evidence) {
    var windows = new ArrayList<Window>();
    for (Fault fault : evidence.history().faults()) {
      long from =
          Math.max(
                  fault.end(),
                  evidence.history().lives().stream()
                      .filter(life -> life.begin() <= fault.end() + HEALED)
                      .mapToLong(Life::ready)
                      .max()
                      .orElse(0))
              + HEALED;
      calm(from, fault, evidence).ifPresent(windows::add);
    }
    return windows;
  }

  private static Optional<Window> calm(long from, Fault last, Evidence evidence) {
    long to = Math.min(from + WINDOW, evidence.setup().loadEnd() - PROMPT);
    boolean noFault =
        evidence.history().faults().stream()
            .noneMatch(other -> other.end() > last.end() && other.begin() < to);
    boolean allUp =
        evidence.history().lives().stream()
            .noneMatch(life ->
                life.begin() > evidence.setup().begin()
                    && life.begin() < to
                    && life.livedAfter(from)
                    && (life.ready() == 0 || life.ready() + HEALED > from));
    return noFault && allUp && to - from >= WINDOW / 2
        ? Optional.of(new Window(from, to))
        : Optional.empty();
  }

  private static void flows(Window window, Evidence evidence, FullPools full, Findings findings) {
    Map<String, Long> ready = new HashMap<>();
    long loadEnd = evidence.setup().loadEnd();
    int all = 0;
    int prompt = 0;
    for (Event event : evidence.history().events()) {
      Order order = evidence.order(event.id());
      if (order == null || order.spawns() || evidence.setup().limits().containsKey(order.key())) {
        continue;
      }
      if (event.state().equals("queued")
          && event.at() >= window.from()
          && event.at() < window.to()) {
        ready.put(event.id(), event.at());
      } else {
        Long since = ready.remove(event.id());
        if (since != null && event.state().equals("running") && !full.touch(since, event.at())) {
          all++;
          long stalled = evidence.weather().stalled(since, event.at());
          prompt += event.at() - since - stalled <= PROMPT ? 1 : 0;
        }
      }
    }
    all += (int) ready.values().stream().filter(since -> !full.touch(since, loadEnd)).count();
    findings.looked();
    if (full.touch(window.from(), window.to())) {
      goesOn(window, evidence, findings);
    }
    if (all >= ENOUGH && prompt * 10L < all * 9L) {
      findings.violation(
          "from %d to %d, five seconds after the last fault, %d of %d jobs started within 2 s",
          window.from(), window.to(), prompt, all);
    }
  }

  private static void goesOn(Window window, Evidence evidence, Findings findings) {
    long inAll = starts(evidence, evidence.setup().begin(), evidence.setup().loadEnd());
    long here = starts(evidence, window.from(), window.to());
    long lasting = evidence.setup().loadEnd() - evidence.setup().begin();
    if (2 * here * lasting < inAll * (window.to() - window.from())) {
      findings.violation(
          "from %d to %d, five seconds after the last fault, %d jobs started, of %d in %d ms",
          window.from(), window.to(), here, inAll, lasting);
    }
  }

  private static long starts(Evidence evidence, long from, long to) {
    return evidence.history().executions().stream()
        .filter(execution -> execution.begin() >= from && execution.begin() < to)
        .count();
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
        if (took > ANSWERED) {
          late++;
          latest = Math.max(latest, took);
        }
      }
    }
    if (late * 100L > all) {
      findings.violation(
          "%d of %d submissions were not answered within 2.25 s, one took %d ms",
          late, all, latest);
    }
  }
}
