package io.threadmill.chaos;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything a run left behind, as the checks read it. All times are those of {@link RunClock}. */
record History(
    Setup setup,
    List<Call> calls,
    List<Execution> executions,
    List<Mark> marks,
    List<Event> events,
    List<Fault> faults,
    List<Life> lives,
    List<Stall> stalls,
    List<BatchCall> batches,
    Dump dump) {

  /**
   * How the run was set up and when its parts ended.
   *
   * @param slots jobs an instance runs at once
   * @param healed when the last fault was over
   * @param loadEnd when the clients stopped
   * @param drained when every job had ended, or the limit for it
   * @param whole whether the run is long enough to have given every check something
   * @param eventsWhole whether no event was trimmed away before it was read
   */
  record Setup(
      long seed,
      long offset,
      long lease,
      long beat,
      int slots,
      Map<String, Limit> limits,
      long begin,
      long healed,
      long loadEnd,
      long drained,
      boolean whole,
      boolean eventsWhole) {}

  /**
   * A limit of a key.
   *
   * @param perSecond most starts in any second; 0 for any number
   */
  record Limit(int concurrency, int perSecond) {}

  /** How a call ended, in Jepsen's words: {@code INFO} may or may not have had its effect. */
  enum Known {
    OK,
    FAIL,
    INFO
  }

  /**
   * One call of a client.
   *
   * @param op {@code submit}, {@code cancel}, {@code retry}, {@code get}, {@code walk}, …
   * @param id the job it named, or the one it was answered
   * @param state what the answer said of the job
   * @param seen ids of a walk, sequences of a stream
   * @param note what else the answer said
   */
  record Call(
      long number,
      String op,
      int slot,
      long begin,
      long end,
      Known known,
      int status,
      @Nullable Order order,
      @Nullable String id,
      @Nullable String state,
      int run,
      List<String> seen,
      String note) {

    boolean ok() {
      return known == Known.OK;
    }
  }

  /**
   * One execution of an attempt.
   *
   * @param end 0 where its process never wrote one
   * @param how {@code done}, {@code failed}, {@code awaits}, {@code interrupted}, or empty
   */
  record Execution(
      String id, int run, int attempt, String token, long pid, long begin, long end, String how) {}

  /**
   * What an execution noted on its way.
   *
   * @param what {@code spawned} so many children; {@code resumed} at a step, {@code keeps} one, has
   *     {@code kept} it
   */
  record Mark(String id, int run, int attempt, long at, String what, int number) {}

  /** A change of state from Redis's own log, in its order. */
  record Event(long at, long sequence, String id, String state, int run, int attempt) {}

  /**
   * A fault as it was injected.
   *
   * @param slot the instance it hit; -1 for Redis and so all of them
   */
  record Fault(FaultKind kind, int slot, long begin, long end) {

    boolean hits(int instance) {
      return slot < 0 || slot == instance;
    }
  }

  /**
   * One process of an instance.
   *
   * @param ready 0 where it never was
   * @param stopAsked when SIGTERM was sent; 0 for never
   * @param end 0 while it lives
   * @param fenced outcomes it had been refused just before it was asked to stop; -1 where it did
   *     not say
   */
  record Life(
      int slot, long pid, long begin, long ready, long stopAsked, long end, int exit, long fenced) {

    boolean livedAfter(long at) {
      return end == 0 || end > at;
    }
  }

  /**
   * A time in which the machine withheld some of itself from the run.
   *
   * @param withheld milliseconds, spread evenly
   * @param late for how many of them a thread with next to nothing to do was kept waiting
   */
  record Stall(long begin, long end, long withheld, long late) {}

  /** What was there when all was over. */
  record Dump(
      List<Job> jobs,
      List<Batch> batches,
      Map<String, Long> counts,
      Map<String, Long> cnt,
      Map<String, Long> scanned,
      List<Key> keys,
      List<String> listed,
      List<String> traces) {}

  /**
   * A batch as GET told it; its rows are among the jobs.
   *
   * @param finished 0 where it has not ended
   * @param completed id and run of each row, in the order of their ends
   */
  record Batch(
      String id,
      String state,
      long total,
      Map<String, Long> counts,
      boolean truncated,
      long finished,
      List<String> completed) {}

  /**
   * A job as GET told it.
   *
   * @param status of that GET
   * @param resultAttempt the attempt that the result names; 0 without a result
   * @param resultBytes how long the result's padding is
   * @param error the slug of its error; empty for none
   * @param finished 0 where it has not ended
   * @param expires 0 where that is not known yet
   * @param progress how much it said was done
   * @param batch the batch it is a row of; empty for none
   */
  record Job(
      String id,
      int status,
      String state,
      int run,
      int attempt,
      String token,
      int resultRun,
      int resultAttempt,
      int resultBytes,
      String error,
      long created,
      long finished,
      long expires,
      long progress,
      String batch,
      int index,
      List<Attempt> attempts) {

    boolean isRow() {
      return !batch.isEmpty();
    }

    boolean ended() {
      return state.equals("succeeded") || state.equals("failed") || state.equals("cancelled");
    }
  }

  /** A line of a job's attempts. */
  record Attempt(int number, long pid, long started, long finished, String outcome, String error) {}

  /**
   * A key in Redis.
   *
   * @param ttl as PTTL tells it: -1 for none
   */
  record Key(String name, String type, long ttl, long size) {}

  Stream<Call> calls(String op) {
    return calls.stream().filter(call -> call.op().equals(op));
  }
}
