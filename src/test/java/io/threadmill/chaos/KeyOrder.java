package io.threadmill.chaos;

import io.threadmill.chaos.Replay.Lane;
import java.util.TreeSet;

/** I14: of the ready jobs of a key and a priority the oldest starts first. */
final class KeyOrder implements Invariant {

  @Override
  public String number() {
    return "I14";
  }

  @Override
  public String title() {
    return "within a key and a priority, first in first out";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("starts of keyed jobs");
    new Replay(evidence)
        .play((event, order, before) -> {
          TreeSet<String> ready = before.ready().get(new Lane(order.priority(), order.key()));
          if (!order.key().isEmpty() && ready != null) {
            findings.require(
                ready.first().equals(event.id()),
                "job %s started before %s, which was ready in the same lane",
                event.id(),
                ready.first());
          }
        });
    return findings;
  }
}
