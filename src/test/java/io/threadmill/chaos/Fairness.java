package io.threadmill.chaos;

import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.Replay.Lane;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * I16: nobody starves. Counted in turns, which a slow machine does not change: while the first job
 * of a lane waits, each other key of its priority is served at most a few times, and the lowest
 * priority is passed over for so many turns at most as the priorities and keys that wait explain.
 */
final class Fairness implements Invariant {

  /** Keys take turns; a take may serve one twice before it sees a lane that has just come. */
  private static final int MOST_OF_A_KEY = 8;

  /** One turn in eight is not the highest priority's, and those who wait share it. */
  private static final int TURNS = 8;

  private static final int MARGIN = 32;

  /** What was served since a lane has had a first job that waits. */
  private static final class Waiting {
    private int turns;
    private int rivals = 1;
    private final Map<String, Integer> ofKey = new HashMap<>();
  }

  @Override
  public String number() {
    return "I16";
  }

  @Override
  public String title() {
    return "no key and no priority starves";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("starts");
    Map<Lane, Waiting> waiting = new HashMap<>();
    new Replay(evidence)
        .play((event, order, before) -> start(event, order, before, waiting, evidence, findings));
    return findings;
  }

  private static void start(
      Event event,
      Order order,
      Replay before,
      Map<Lane, Waiting> waiting,
      Evidence evidence,
      Findings findings) {
    Lane own = new Lane(order.priority(), order.key());
    waiting.keySet().retainAll(before.ready().keySet());
    Map<Integer, Long> bands =
        before.ready().keySet().stream()
            .collect(Collectors.groupingBy(Lane::priority, Collectors.counting()));
    int lowest = bands.keySet().stream().mapToInt(Integer::intValue).min().orElse(0);
    for (Lane lane : before.ready().keySet()) {
      if (lane.equals(own) || evidence.setup().limits().containsKey(lane.key())) {
        continue; // a limit may hold it back for as long as it likes
      }
      if (lane.key().isEmpty()) {
        continue; // its turns also go to rows, children and their parents, of which no event tells
      }
      Waiting wait = waiting.computeIfAbsent(lane, _ -> new Waiting());
      if (lane.priority() == own.priority()) {
        int times = wait.ofKey.merge(own.key(), 1, Integer::sum);
        if (times == MOST_OF_A_KEY + 1) {
          findings.violation(
              "key \"%s\" was served %d times while %s, the first job of \"%s\", waited at %d",
              own.key(), times, before.ready().get(lane).first(), lane.key(), event.at());
        }
      }
      if (lane.priority() == lowest) {
        wait.turns++;
        wait.rivals = Math.max(wait.rivals, bands.size() * bands.get(lowest).intValue());
        if (wait.turns == TURNS * wait.rivals + MARGIN + 1) {
          findings.violation(
              "the lowest priority, %d with key \"%s\", waited for %d turns",
              lane.priority(), lane.key(), wait.turns);
        }
      }
    }
    waiting.remove(own);
    findings.looked();
  }
}
