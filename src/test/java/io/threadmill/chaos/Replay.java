package io.threadmill.chaos;

import io.threadmill.chaos.History.Event;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Plays the event log again, which is exact: it was written by the scripts that moved the jobs, in
 * their order. Tells which jobs stood ready in which lane and which ran at each moment.
 */
final class Replay {

  /** Ready jobs of a priority and a key stand in one lane. */
  record Lane(int priority, String key) {}

  /** Hears of each start, with the world as it was just before. */
  interface Listener {
    void starts(Event event, Order order, Replay before);
  }

  private final Evidence evidence;
  private final Map<Lane, TreeSet<String>> ready = new HashMap<>();
  private final Map<String, Set<String>> running = new TreeMap<>();

  Replay(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Ready jobs by lane; lanes without any are left out. */
  Map<Lane, TreeSet<String>> ready() {
    return ready;
  }

  /** Running jobs of a key. */
  Set<String> running(String key) {
    return running.computeIfAbsent(key, _ -> new HashSet<>());
  }

  void play(Listener listener) {
    for (Event event : evidence.history().events()) {
      Order order = evidence.order(event.id());
      if (order == null) {
        continue;
      }
      Lane lane = new Lane(order.priority(), order.key());
      switch (event.state()) {
        case "queued" -> {
          leave(event.id(), order.key());
          ready.computeIfAbsent(lane, _ -> new TreeSet<>()).add(event.id());
        }
        case "running" -> {
          if (!running(order.key()).contains(event.id())) { // else it was asked to stop
            listener.starts(event, order, this);
            unready(lane, event.id());
            running(order.key()).add(event.id());
          }
        }
        default -> {
          leave(event.id(), order.key());
          unready(lane, event.id());
        }
      }
    }
  }

  private void leave(String id, String key) {
    running(key).remove(id);
  }

  private void unready(Lane lane, String id) {
    @Nullable TreeSet<String> ids = ready.get(lane);
    if (ids != null) {
      ids.remove(id);
      if (ids.isEmpty()) {
        ready.remove(lane);
      }
    }
  }
}
