package io.threadmill.chaos;

import io.threadmill.chaos.History.Limit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** I15: a key never has more jobs running than its limit, nor more starts in any second. */
final class KeyLimits implements Invariant {

  /** The log tells whole milliseconds. */
  private static final long SECOND = 1000 - 2;

  @Override
  public String number() {
    return "I15";
  }

  @Override
  public String title() {
    return "limits hold across instances";
  }

  @Override
  public Findings check(Evidence evidence) {
    var findings = new Findings("starts under a limit");
    Map<String, Deque<Long>> starts = new HashMap<>();
    new Replay(evidence)
        .play((event, order, before) -> {
          Limit limit = evidence.setup().limits().get(order.key());
          if (limit == null) {
            return;
          }
          int running = before.running(order.key()).size() + 1;
          findings.require(
              running <= limit.concurrency(),
              "%d jobs of key %s run at once with %s, the limit is %d",
              running,
              order.key(),
              event.id(),
              limit.concurrency());
          Deque<Long> last = starts.computeIfAbsent(order.key(), _ -> new ArrayDeque<>());
          last.add(event.at());
          if (limit.perSecond() > 0 && last.size() > limit.perSecond()) {
            long ago = event.at() - last.remove();
            if (ago < SECOND) {
              findings.violation(
                  "key %s had %d starts within %d ms, the limit is %d a second",
                  order.key(), limit.perSecond() + 1, ago, limit.perSecond());
            }
          }
        });
    return findings;
  }
}
