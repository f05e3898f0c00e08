package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Life;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A history with what the checks look up in it. */
final class Evidence {

  private final History history;
  private final Weather weather;
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Map<String, Order> orders = new HashMap<>();
  private final Map<String, List<Event>> events;
  private final Map<String, List<Execution>> executions;
  private final Map<Long, Life> lives;

  Evidence(History history) {
    this.history = history;
    history.dump().jobs().forEach(job -> jobs.put(job.id(), job));
    submissions().forEach(call -> orders.putIfAbsent(call.order().token(), call.order()));
    events = grouped(history.events().stream(), Event::id);
    executions =
        grouped(
            history.executions().stream().sorted(Comparator.comparingLong(Execution::begin)),
            Execution::id);
    lives =
        history.lives().stream()
            .collect(Collectors.toMap(Life::pid, Function.identity(), (one, other) -> other));
    weather = new Weather(history);
  }

  private static <T> Map<String, List<T>> grouped(Stream<T> items, Function<T, String> id) {
    var groups = new LinkedHashMap<String, List<T>>();
    items.forEach(item -> groups.computeIfAbsent(id.apply(item), _ -> new ArrayList<>()).add(item));
    return groups;
  }

  History history() {
    return history;
  }

  History.Setup setup() {
    return history.setup();
  }

  Weather weather() {
    return weather;
  }

  /** Submissions of any kind, in the order in which they were begun. */
  Stream<Call> submissions() {
    return history.calls().stream().filter(call -> call.order() != null);
  }

  Map<String, Job> jobs() {
    return jobs;
  }

  @Nullable Order order(String id) {
    Job job = jobs.get(id);
    return job == null ? null : orders.get(job.token());
  }

  Map<String, Order> orders() {
    return orders;
  }

  Map<String, List<Event>> events() {
    return events;
  }

  List<Event> events(String id) {
    return events.getOrDefault(id, List.of());
  }

  List<Execution> executions(String id) {
    return executions.getOrDefault(id, List.of());
  }

  /** The instance whose process this was; -1 where none was. */
  int slot(long pid) {
    Life life = lives.get(pid);
    return life == null ? -1 : life.slot();
  }

  /** When an execution was over at the latest: by its own word or with its process. */
  long endOf(Execution execution) {
    if (execution.end() > 0) {
      return execution.end();
    }
    Life life = lives.get(execution.pid());
    return life == null || life.end() == 0 ? Long.MAX_VALUE : life.end();
  }

  static @Nullable Attempt attempt(Job job, int number) {
    return job.attempts().stream().filter(one -> one.number() == number).findFirst().orElse(null);
  }

  static boolean isEnd(String state) {
    return state.equals("succeeded") || state.equals("failed") || state.equals("cancelled");
  }
}
