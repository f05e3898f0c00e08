package io.threadmill.chaos;

import io.threadmill.chaos.History.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** When jobs of a flood stood ready: then the pools are full, and others wait for their turn. */
final class Floods {

  private record Span(long from, long to) {}

  private final List<Span> spans = new ArrayList<>();

  Floods(Evidence evidence) {
    Set<String> ready = new HashSet<>();
    long from = 0;
    for (Event event : evidence.history().events()) {
      Order order = evidence.order(event.id());
      if (order == null || !order.isOfAFlood()) {
        continue;
      }
      if (event.state().equals("queued")) {
        from = ready.isEmpty() ? event.at() : from;
        ready.add(event.id());
      } else if (ready.remove(event.id()) && ready.isEmpty()) {
        spans.add(new Span(from, event.at()));
      }
    }
    if (!ready.isEmpty()) {
      spans.add(new Span(from, Long.MAX_VALUE));
    }
  }

  boolean touch(long from, long to) {
    return spans.stream().anyMatch(span -> span.from() <= to && span.to() >= from);
  }
}
