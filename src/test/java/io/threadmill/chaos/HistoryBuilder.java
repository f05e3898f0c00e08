package io.threadmill.chaos;

import io.threadmill.chaos.History.Attempt;
import io.threadmill.chaos.History.Call;
import io.threadmill.chaos.History.Dump;
import io.threadmill.chaos.History.Event;
import io.threadmill.chaos.History.Execution;
import io.threadmill.chaos.History.Fault;
import io.threadmill.chaos.History.Job;
import io.threadmill.chaos.History.Key;
import io.threadmill.chaos.History.Known;
import io.threadmill.chaos.History.Life;
import io.threadmill.chaos.History.Limit;
import io.threadmill.chaos.History.Setup;
import io.threadmill.chaos.History.Stall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Histories written by hand, for the tests of the checks. Instance 0 is process 100, instance 1
 * process 101, and so on; all of them live all the time unless told otherwise.
 */
final class HistoryBuilder {

  static final long LEASE = 8000;
  static final long BEAT = 2000;

  private final List<Call> calls = new ArrayList<>();
  private final List<Execution> executions = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<Integer, Life> lives = new HashMap<>();
  private final List<Stall> stalls = new ArrayList<>();
  private final Map<String, Job> jobs = new HashMap<>();
  private final Map<String, Long> counts = new HashMap<>();
  private final Map<String, Long> cnt = new HashMap<>();
  private final Map<String, Long> scanned = new HashMap<>();
  private final List<Key> keys = new ArrayList<>();
  private final List<String> traces = new ArrayList<>();
  private boolean whole;
  private long loadEnd = 1_000_000;

  HistoryBuilder() {
    for (int slot = 0; slot < Cluster.SIZE; slot++) {
      lives.put(slot, new Life(slot, pid(slot), 0, 1, 0, 0, -1));
    }
  }

  static long pid(int slot) {
    return 100 + slot;
  }

  /** Ids sort by their numbers, as real ones by creation. */
  static String id(String name) {
    return (name + "00000000000000000000000000").substring(0, 26);
  }

  HistoryBuilder call(
      String op, long begin, long end, int status, Order order, String id, String state, int run) {
    Known known =
        status == 0 ? Known.INFO : status < 300 ? Known.OK : status < 500 ? Known.FAIL : Known.INFO;
    calls.add(
        new Call(
            calls.size() + 1,
            op,
            0,
            begin,
            end,
            known,
            status,
            order,
            id,
            state,
            run,
            List.of(),
            ""));
    return this;
  }

  HistoryBuilder submit(long at, Order order, String name) {
    return call("submit", at, at + 5, 202, order, id(name), "queued", 1);
  }

  HistoryBuilder cancel(long at, String name, int status) {
    return call("cancel", at, at + 5, status, null, id(name), null, 0);
  }

  HistoryBuilder seen(String op, long begin, long end, String id, String note, String... seen) {
    calls.add(
        new Call(
            calls.size() + 1,
            op,
            0,
            begin,
            end,
            Known.OK,
            200,
            null,
            id,
            null,
            0,
            List.of(seen),
            note));
    return this;
  }

  HistoryBuilder event(long at, String name, String state, int run, int attempt) {
    events.add(new Event(at, events.size(), id(name), state, run, attempt));
    return this;
  }

  HistoryBuilder execution(
      String name, int run, int attempt, int slot, long begin, long end, String how) {
    executions.add(new Execution(id(name), run, attempt, name, pid(slot), begin, end, how));
    return this;
  }

  HistoryBuilder fault(FaultKind kind, int slot, long begin, long end) {
    faults.add(new Fault(kind, slot, begin, end));
    return this;
  }

  HistoryBuilder killed(int slot, long at) {
    lives.put(slot, new Life(slot, pid(slot), 0, 1, 0, at, 137));
    return this;
  }

  HistoryBuilder stopped(int slot, long asked, long end, int exit) {
    lives.put(slot, new Life(slot, pid(slot), 0, 1, asked, end, exit));
    return this;
  }

  HistoryBuilder stall(long begin, long end) {
    stalls.add(new Stall(begin, end, end - begin, end - begin));
    return this;
  }

  static Attempt attempt(int number, int slot, long started, long finished, String outcome) {
    String error = outcome.equals("failed") ? ChaosHandler.ASKED : "";
    return new Attempt(number, pid(slot), started, finished, outcome, error);
  }

  /** What GET tells of a job; its result is of its last attempt. */
  HistoryBuilder job(String name, String state, Attempt... attempts) {
    boolean succeeded = state.equals("succeeded");
    int last = attempts.length == 0 ? 0 : attempts[attempts.length - 1].number();
    String error = state.equals("failed") ? ChaosHandler.ASKED : "";
    return job(
        new Job(
            id(name),
            200,
            state,
            1,
            last,
            name,
            succeeded ? 1 : 0,
            succeeded ? last : 0,
            0,
            error,
            0,
            List.of(attempts)));
  }

  HistoryBuilder job(Job job) {
    jobs.put(job.id(), job);
    return this;
  }

  HistoryBuilder without(String name) {
    jobs.remove(id(name));
    return this;
  }

  /** A job that is sent, runs once on an instance from an instant on, and succeeds. */
  HistoryBuilder runs(String name, Order order, int slot, long from, long to) {
    return submit(from - 10, order, name)
        .event(from - 8, name, "queued", 1, 0)
        .event(from, name, "running", 1, 1)
        .execution(name, 1, 1, slot, from, to, "done")
        .event(to, name, "succeeded", 1, 1)
        .job(name, "succeeded", attempt(1, slot, from, to, "succeeded"));
  }

  /** What a count says instead of the truth. */
  HistoryBuilder counted(String name, long value) {
    cnt.put(name, value);
    return this;
  }

  HistoryBuilder key(String name, String type, long ttl, long size) {
    keys.add(new Key("{tm}:" + name, type, ttl, size));
    return this;
  }

  HistoryBuilder trace(String trace) {
    traces.add(trace);
    return this;
  }

  HistoryBuilder whole() {
    whole = true;
    return this;
  }

  HistoryBuilder loadEnd(long at) {
    loadEnd = at;
    return this;
  }

  History build() {
    events.sort(Comparator.comparingLong(Event::at));
    Map<String, Long> byState = new HashMap<>();
    jobs.values().forEach(job -> byState.merge(job.state(), 1L, Long::sum));
    byState.forEach(counts::putIfAbsent);
    byState.forEach(scanned::putIfAbsent);
    byState.forEach((state, jobsIn) -> cnt.putIfAbsent(ChaosHandler.TYPE + "|" + state, jobsIn));
    var limits = Map.of("one", new Limit(1, 0), "rated", new Limit(5, 2));
    return new History(
        new Setup(1, 0, LEASE, BEAT, 16, limits, 0, loadEnd, loadEnd, loadEnd, whole, true, 0),
        calls,
        executions,
        events,
        faults,
        List.copyOf(lives.values()),
        stalls,
        new Dump(
            List.copyOf(jobs.values()),
            counts,
            cnt,
            scanned,
            keys,
            List.copyOf(jobs.keySet()),
            traces));
  }
}
