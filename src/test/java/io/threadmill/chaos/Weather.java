package io.threadmill.chaos;

import io.threadmill.chaos.History.Fault;
import io.threadmill.chaos.History.Life;
import io.threadmill.chaos.History.Stall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** What was done to the run when, and what that excuses: nothing else is excused. */
final class Weather {

  /** After an outage clients reconnect and send again; both have pauses of about two seconds. */
  static final long RECONNECT = 5000;

  /** A fault this short is bridged by sending again. */
  private static final long BRIDGED = 1000;

  /**
   * Heartbeats, sweeps, cancels and hand-overs need a few threads one after the other, each of
   * which may have been kept waiting, and next to nothing of the processors.
   */
  private static final int PATH = 3;

  private static final int PART = 10;

  private record Span(long from, long to) {}

  private final List<Fault> faults;
  private final List<Life> lives;
  private final List<Stall> stalls;
  private final long lease;
  private final long beat;

  Weather(History history) {
    faults = history.faults();
    lives = history.lives();
    stalls = history.stalls();
    lease = history.setup().lease();
    beat = history.setup().beat();
  }

  /**
   * Whether an instance may have lost what it held at some time in a span: its process was killed,
   * or it or its way to Redis stood still for long enough.
   */
  boolean mayLose(int slot, long pid, long from, long to) {
    boolean killed =
        lives.stream()
            .anyMatch(life ->
                life.pid() == pid
                    && life.end() > 0
                    && life.stopAsked() == 0
                    && life.end() <= to + 1000);
    return killed
        || faults.stream()
            .filter(fault -> fault.hits(slot) && losesLeases(fault))
            .anyMatch(fault -> fault.begin() <= to && fault.end() + RECONNECT >= from)
        || common(from, to, Stall::late) >= lease - 2 * beat;
  }

  /** Whether a process had been asked to stop by an instant; both are of one machine's clock. */
  boolean isStopping(long pid, long at) {
    return lives.stream()
        .anyMatch(
            life -> life.pid() == pid && life.stopAsked() > 0 && life.stopAsked() <= at + 100);
  }

  private static boolean losesLeases(Fault fault) {
    return fault.kind().losesLeases() && fault.end() - fault.begin() >= BRIDGED;
  }

  /** How much of a span an instance could not have done better in: faults and this machine. */
  long excused(int slot, long from, long to) {
    long late = common(from, to, Stall::late);
    return outage(slot, from, to) + PATH * late + stalled(from, to) / PART;
  }

  /** For how much of a span an instance or its way to Redis was under a fault, or just had been. */
  long outage(int slot, long from, long to) {
    return during(from, to, fault -> fault.hits(slot) && isOutage(fault));
  }

  private static boolean isOutage(Fault fault) {
    return fault.kind() != FaultKind.SCRIPT_FLUSH && fault.kind() != FaultKind.TERM;
  }

  private long during(long from, long to, Predicate<Fault> which) {
    var spans = new ArrayList<Span>();
    for (Fault fault : faults) {
      long over = fault.end() + RECONNECT;
      if (which.test(fault) && fault.begin() < to && over > from) {
        spans.add(new Span(Math.max(from, fault.begin()), Math.min(to, over)));
      }
    }
    return length(spans);
  }

  private static long length(List<Span> spans) {
    spans.sort(Comparator.comparingLong(Span::from));
    long sum = 0;
    long reached = Long.MIN_VALUE;
    for (Span span : spans) {
      long from = Math.max(span.from(), reached);
      if (span.to() > from) {
        sum += span.to() - from;
        reached = span.to();
      }
    }
    return sum;
  }

  /** How much of a span this machine withheld from the run. */
  long stalled(long from, long to) {
    return common(from, to, Stall::withheld);
  }

  private long common(long from, long to, ToLongFunction<Stall> part) {
    long sum = 0;
    for (Stall stall : stalls) {
      long common = Math.min(to, stall.end()) - Math.max(from, stall.begin());
      if (common > 0) {
        sum += common * part.applyAsLong(stall) / Math.max(1, stall.end() - stall.begin());
      }
    }
    return sum;
  }

  long stalledInAll() {
    return stalls.stream().mapToLong(Stall::withheld).sum();
  }

  /** No fault in a span, none just before it, and no instance on its way up or down. */
  boolean isQuiet(long from, long to) {
    return faults.stream()
            .noneMatch(fault -> fault.begin() <= to && fault.end() + 2 * RECONNECT >= from)
        && lives.stream()
            .noneMatch(life ->
                life.begin() <= to
                    && life.livedAfter(from)
                    && (life.ready() == 0 || life.ready() + RECONNECT >= from));
  }

  /** Whether an instance lived, and nothing kept it from answering, in the whole of a span. */
  boolean couldAnswer(int slot, long from, long to) {
    return lives.stream()
            .anyMatch(life ->
                life.slot() == slot
                    && life.ready() > 0
                    && life.ready() <= from
                    && (life.end() == 0 || life.end() > to)
                    && (life.stopAsked() == 0 || life.stopAsked() > to))
        && faults.stream()
            .noneMatch(fault ->
                fault.slot() == slot
                    && isFreeze(fault.kind())
                    && fault.begin() <= to
                    && fault.end() + 1000 >= from);
  }

  private static boolean isFreeze(FaultKind kind) {
    return kind == FaultKind.FREEZE_SHORT
        || kind == FaultKind.FREEZE_LEASE
        || kind == FaultKind.FREEZE_LONG;
  }
}
