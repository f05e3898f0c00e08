package io.threadmill.chaos;

import io.threadmill.chaos.History.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * When jobs of a flood stood ready, or so many that a new one waits for its turn however well all
 * goes: then the pools are full, and being late says nothing.
 */
final class FullPools {

  /** Rounds of all slots that stand ready. */
  private static final int ROUNDS = 2;

  private record Span(long from, long to) {}

  private final List<Span> spans = new ArrayList<>();
  private final Set<String> ready = new HashSet<>();
  private int flood;

  FullPools(Evidence evidence) {
    int many = ROUNDS * Cluster.SIZE * evidence.setup().slots();
    boolean full = false;
    long from = 0;
    for (Event event : evidence.history().events()) {
      Order order = evidence.order(event.id());
      if (order == null || order.spawns() || evidence.setup().limits().containsKey(order.key())) {
        continue; // these may wait for something else
      }
      boolean changed =
          event.state().equals("queued") ? ready.add(event.id()) : ready.remove(event.id());
      if (changed && order.isOfAFlood()) {
        flood += event.state().equals("queued") ? 1 : -1;
      }
      boolean now = flood > 0 || ready.size() > many;
      if (now && !full) {
        from = event.at();
      } else if (!now && full) {
        spans.add(new Span(from, event.at()));
      }
      full = now;
    }
    if (full) {
      spans.add(new Span(from, Long.MAX_VALUE));
    }
  }

  boolean touch(long from, long to) {
    return spans.stream().anyMatch(span -> span.from() <= to && span.to() >= from);
  }
}
